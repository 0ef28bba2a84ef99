import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startRedisServer } from '@badger-store/redis-kit/testing';
import { type Counts, stressOnly, stressTest, scale, until } from '@badger-store/test-kit';
import { createCarts } from '../create-carts';
import { conditions, type Condition } from './outages/conditions';
import { startLoad } from './outages/load';
import { untilWritable } from './outages/writable';

const deadlineMs = 500;
/** Wide of the deadline, and of the promise to be back within 1 s: a busy machine is not a broken promise. */
const longestAllowedMs = 1000;
const backAllowedMs = 3000;
const callers = scale(8, 24);
const outageMs = scale(700, 3000);

async function live({ mayLose, start }: Condition): Promise<Counts> {
  const cartId = randomUUID();
  const trouble = await start(cartId);
  const cache = createCarts({ ...trouble.settings, deadlineMs, maxQuantity: 1e9 });
  try {
    await cache.ready(30_000);
    const { seen, nextSuccess, stop } = startLoad(cache, cartId, callers);
    await until('the load runs', () => seen.acknowledged > callers);

    await trouble.begin();
    if (trouble.end) await sleep(outageMs);
    await Promise.all([trouble.end?.(), untilWritable(() => trouble.urls(), cartId)]);
    const writableAt = performance.now();
    const backMs = Math.round((await nextSuccess()) - writableAt);
    await sleep(100);
    await stop();

    const held = await cache.addQuantity(cartId, 'mug');
    const { acknowledged, unclear, refused, calls } = seen;
    const longestMs = Math.round(seen.longestMs);
    expect(seen.strange).toEqual([]);
    expect(longestMs).toBeLessThan(longestAllowedMs);
    expect(backMs).toBeLessThan(backAllowedMs);
    expect(held - 1).toBeLessThanOrEqual(acknowledged + unclear);
    if (!mayLose) expect(held - 1).toBeGreaterThanOrEqual(acknowledged);

    const lost = Math.max(0, acknowledged - (held - 1));
    return { calls, acknowledged, refused, unclear, lost, longestMs, backMs };
  } finally {
    await cache.close();
    await trouble.stop();
  }
}

for (const condition of conditions) {
  const test = condition.stressOnly ? stressOnly : stressTest;
  test(`Each call settles in time and tells the truth while Redis is ${condition.name}`, () => live(condition), 60_000);
}

describe('memory', () => {
  const seconds = scale(1, 60);

  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapUsed = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };

  stressTest(
    'Memory does not grow under load while Redis is unavailable',
    async () => {
      const server = await startRedisServer();
      const cache = createCarts({ url: server.url, deadlineMs });
      await cache.ready(30_000);
      await server.stop('SIGKILL');
      const { seen, stop } = startLoad(cache, randomUUID(), 64);
      await sleep(1000);
      const before = heapUsed();
      await sleep(seconds * 1000);
      const grownKib = Math.round((heapUsed() - before) / 1024);
      await stop();
      await cache.close();
      expect(seen.acknowledged).toBe(0);
      expect(grownKib).toBeLessThan(4096);
      return { seconds, callers: 64, 'calls refused': seen.refused, 'KiB grown': grownKib };
    },
    (seconds + 30) * 1000,
  );
});
