import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Counts, isStress, stressOnly, stressTest, scale, until } from '@badger-store/test-kit';
import { startLoad, type Load } from './redis/load';
import type { Seen } from './redis/load-worker';
import { startRedisPods, type RedisPod, type RedisPods } from './redis/redis-pods';

/** The files of k8s/base/redis as they are, on three nodes. */
const callers = scale(6, 24);
const rounds = scale(1, 5);
/** What is promised with `npm run test:stress`; a machine that is busy with other tests is given twice the time. */
const plannedMs = scale(2000, 1000);
const lostMs = scale(10_000, 5000);

let redis: RedisPods;
let load: Load;

beforeAll(async () => {
  redis = await startRedisPods();
  await Promise.all(redis.pods.map((pod) => pod.start()));
  await redis.whenWhole();
  load = await startLoad(redis, callers);
}, 120_000);

afterAll(async () => {
  await load?.stop();
  await redis?.stop();
});

const primary = async (): Promise<RedisPod> => {
  const pod = await redis.primary();
  if (!pod) throw new Error('The sentinels name no primary.');
  return pod;
};

/** Keeps callers busy while something happens; returns what they saw. */
async function during(happens: () => Promise<void>): Promise<Seen> {
  load.begin();
  await sleep(500);
  await happens();
  await sleep(1500);
  const seen = await load.end();
  expect(seen.strange).toEqual([]);
  expect(seen.tooMany).toBe(0);
  // 900 ms of repeating, and the deadline of the last try.
  expect(seen.longestCallMs).toBeLessThan(1500);
  return seen;
}

const errorsMs = ({ firstErrorAt, lastErrorAt }: Seen) => (lastErrorAt ?? 0) - (firstErrorAt ?? 0);
const inAll = (seen: readonly Seen[], field: 'acknowledged' | 'repeated' | 'refused' | 'unclear' | 'lost') =>
  seen.reduce((sum, one) => sum + one[field], 0);
const longest = (all: readonly number[]) => Math.max(0, ...all);

stressTest(
  'Nodes of Redis, restarted one after the other under load, lose no acknowledged add',
  async (): Promise<Counts> => {
    const all: Seen[] = [];
    let handovers = 0;
    for (let round = 0; round < rounds; round++) {
      for (const pod of isStress ? [...redis.pods].reverse() : [await primary()]) {
        const wasPrimary = (await primary()) === pod;
        const seen = await during(async () => {
          await pod.terminate();
          await pod.start();
          await redis.whenWhole();
        });
        all.push(seen);
        if (wasPrimary) handovers += 1;
        expect(await primary()).not.toBe(wasPrimary ? pod : undefined);
        expect(seen.lost).toBe(0);
        expect(errorsMs(seen)).toBeLessThan(plannedMs);
      }
    }
    expect(handovers).toBeGreaterThan(0);
    return {
      restarts: all.length,
      handovers,
      'adds acknowledged': inAll(all, 'acknowledged'),
      'adds lost': inAll(all, 'lost'),
      'calls repeated': inAll(all, 'repeated'),
      'calls failed': inAll(all, 'refused') + inAll(all, 'unclear'),
      'ms of errors at most': longest(all.map(errorsMs)),
      'ms without an add at most': longest(all.map(({ longestGapMs }) => longestGapMs)),
    };
  },
  rounds * 120_000,
);

const losses = {
  'its processes are killed': (pod: RedisPod) => pod.kill(),
  'it falls silent': (pod: RedisPod) => Promise.resolve(pod.freeze()),
};

for (const [how, lose] of Object.entries(losses)) {
  const test = how === 'it falls silent' ? stressOnly : stressTest;
  test(
    `After the loss of the primary under load (${how}), callers are served again within 5 s`,
    async (): Promise<Counts> => {
      const all: Seen[] = [];
      const ended: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const pod = await primary();
        let lostAt = 0;
        const seen = await during(async () => {
          lostAt = Date.now();
          await lose(pod);
          const others = redis.pods.filter((other) => other !== pod);
          await until(
            'another node is the primary',
            async () => ((await redis.primary(others)) ?? pod) !== pod,
            20_000,
          );
          await sleep(1000);
          await pod.kill();
          await pod.start();
          await redis.whenWhole();
        });
        const endedMs = (seen.lastErrorAt ?? 0) - lostAt;
        all.push(seen);
        ended.push(endedMs);
        expect(endedMs).toBeLessThan(lostMs);
      }
      return {
        losses: all.length,
        'adds acknowledged': inAll(all, 'acknowledged'),
        'adds lost': inAll(all, 'lost'),
        'ms until the last error at most': longest(ended),
      };
    },
    rounds * 90_000,
  );
}

stressOnly(
  'All nodes lost at once have what was acknowledged a second before, under the same primary',
  async () => {
    const before = await primary();
    load.begin();
    await sleep(500);
    load.hold();
    await sleep(1500);
    await Promise.all(redis.pods.map((pod) => pod.kill()));
    await Promise.all(redis.pods.map((pod) => pod.start()));
    await redis.whenWhole();
    expect((await primary()).name).toBe(before.name);
    const { acknowledged, lost } = await load.end();
    expect(acknowledged).toBeGreaterThan(0);
    expect(lost).toBe(0);
    return { nodes: redis.pods.length, 'adds acknowledged': acknowledged, 'adds lost': lost };
  },
  90_000,
);

stressOnly(
  'A replica that was down while writes were acknowledged is not promoted when all nodes were lost and the primary comes back last',
  async () => {
    const before = await primary();
    const [outdated, other] = redis.pods.filter((pod) => pod !== before) as [RedisPod, RedisPod];
    load.begin();
    await outdated.kill();
    await sleep(2000);
    load.hold();
    await Promise.all([before.kill(), other.kill()]);
    await Promise.all([outdated.start(), other.start()]);
    await sleep(8000);
    await before.start();
    await redis.whenWhole();
    expect((await primary()).name).toBe(before.name);
    const { acknowledged, lost } = await load.end();
    expect(acknowledged).toBeGreaterThan(0);
    expect(lost).toBe(0);
    return { 'adds acknowledged': acknowledged, 'adds lost': lost };
  },
  90_000,
);

for (const count of [2, 3]) {
  stressOnly(
    `${count} pods that are deleted at once lose no acknowledged add`,
    async (): Promise<Counts> => {
      const first = await primary();
      const others = redis.pods.filter((pod) => pod !== first);
      let deletedAt = 0;
      const seen = await during(async () => {
        deletedAt = Date.now();
        await Promise.all(
          [first, ...others].slice(0, count).map(async (pod) => {
            await pod.terminate();
            await sleep(2000);
            await pod.start();
          }),
        );
        await redis.whenWhole();
      });
      expect(seen.lost).toBe(0);
      return {
        pods: count,
        'adds acknowledged': seen.acknowledged,
        'adds lost': seen.lost,
        'ms until the last error': Math.max(0, (seen.lastErrorAt ?? 0) - deletedAt),
        'ms without an add at most': seen.longestGapMs,
      };
    },
    120_000,
  );
}

stressOnly(
  'A primary whose data is gone waits until another node has taken over, and takes its data',
  async () => {
    const pod = await primary();
    load.begin();
    await sleep(500);
    await pod.restartRedis(() => rm(`${pod.data}/appendonlydir`, { recursive: true }));
    await redis.whenWhole();
    const seen = await load.end();
    expect((await primary()).name).not.toBe(pod.name);
    expect(seen.acknowledged).toBeGreaterThan(0);
    return { 'adds acknowledged': seen.acknowledged, 'adds lost': seen.lost };
  },
  90_000,
);
