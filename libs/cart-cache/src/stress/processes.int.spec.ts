import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { stressTest, scale, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { createCarts, type CartLine, type ProcessOrder } from '../index';
import { connectClients } from './clients';
import { createLedger, type Ledger } from './ledger';
import { bundleWorkers, type WorkerBundle, type WorkerProcess } from './worker-processes';
import type { AddReport } from './workers/add-worker';

let server: RedisServer;
let ledgerServer: RedisServer;
let clients: RedisClient[];
let orders: Redis;
let ledger: Ledger;
let workers: WorkerBundle;

beforeAll(async () => {
  [server, ledgerServer, workers] = await Promise.all([startRedisServer(), startRedisServer(), bundleWorkers()]);
  clients = await connectClients(server, 1);
  orders = new Redis(ledgerServer.url);
  ledger = createLedger(orders);
});

afterAll(async () => {
  await workers.remove();
  orders.disconnect();
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([server.stop(), ledgerServer.stop()]);
});

const adders = scale(4, 20);
const addsEach = scale(40, 200);
const checkouters = 3;
/** A cart remembers a thousand idempotency keys at a time. */
const addsWithKey = Math.min(addsEach, Math.floor(1000 / adders));
const checkoutLeaseSeconds = 0.3;
const total = (lines: readonly CartLine[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

stressTest(
  'Processes that add and check out one cart, the latter killed with -9 at random: ordered plus remaining is what was added',
  async () => {
    const cartId = randomUUID();
    const base = { redisUrl: server.url, cartId };
    const adding = Array.from({ length: adders }, (_, n) =>
      workers.start('add-worker', { ...base, name: `adder-${n}`, adds: addsEach, addsWithKey }),
    );
    const startCheckouts = () =>
      workers.start('checkout-worker', { ...base, ledgerUrl: ledgerServer.url, checkoutLeaseSeconds });
    const places = Array.from({ length: checkouters }, startCheckouts);
    const outcomes: unknown[] = [];
    let kills = 0;

    const ended = await whileWorking(Promise.all(adding.map((worker) => worker.ended)), async () => {
      await sleep(randomInt(50, 300));
      const n = randomInt(checkouters);
      const victim = places[n] as WorkerProcess;
      if (victim.messages.length === 0) return;
      victim.process.kill('SIGKILL');
      expect(await victim.ended).toBe('SIGKILL');
      outcomes.push(...victim.messages);
      kills += 1;
      places[n] = startCheckouts();
    });
    expect(ended).toEqual(Array(adders).fill(0));
    for (const { process: child, ended, messages } of places) {
      await until('the worker works', () => messages.length > 0);
      child.send('end');
      expect(await ended).toBe(0);
      outcomes.push(...messages);
    }
    await completeOpenCheckout(cartId);

    const reports = adding.map(({ messages }) => messages[0] as AddReport);
    const sum = (key: keyof AddReport) => reports.reduce((all, report) => all + report[key], 0);
    const ordered = await ledger.ordered();
    const remaining = total(await createCarts({ redis: clients[0] as RedisClient }).get(cartId));
    const accounted = total(ordered.flat()) + remaining;
    expect(accounted).toBeGreaterThanOrEqual(sum('acknowledged'));
    expect(accounted).toBeLessThanOrEqual(sum('acknowledged') + sum('unclear'));
    expect(sum('acknowledged') + sum('unclear')).toBe(adders * addsEach);
    const snapshots = [...(await ledger.snapshots()).values()];
    expect(snapshots.filter((them) => them.size !== 1)).toEqual([]);
    expect(ordered.length).toBeGreaterThan(0);
    return {
      processes: adders + checkouters,
      'adds acknowledged': sum('acknowledged'),
      'adds repeated': sum('repeats'),
      'responses lost': sum('unclear'),
      'pieces ordered': total(ordered.flat()),
      'pieces left': remaining,
      orders: ordered.length,
      'checkout ids': snapshots.length,
      'attempts reported': outcomes.length,
      kills,
    };
  },
  120_000,
);

async function whileWorking<Result>(work: Promise<Result>, disturb: () => Promise<void>): Promise<Result> {
  let hasEnded = false;
  const ending = work.finally(() => (hasEnded = true));
  do await disturb();
  while (!hasEnded);
  return ending;
}

/** Removes what is ordered and still locked from the cart, and orders nothing more. */
async function completeOpenCheckout(cartId: string): Promise<void> {
  const cache = createCarts({ redis: clients[0] as RedisClient });
  const order: ProcessOrder<undefined> = async (lines, checkoutId) => {
    const isRefused = (await ledger.decide(checkoutId, lines, 'refused')) === 'refused';
    return isRefused ? { outcome: 'rejected', reason: 'closed' } : { outcome: 'completed', result: undefined };
  };
  await until('no checkout is open', async () => {
    const ending = await cache.checkout(cartId, order).then(
      ({ outcome }): string | undefined => outcome,
      (error: { code?: string }) => error.code,
    );
    expect(['completed', 'rejected', 'EMPTY_CART', 'CHECKOUT_IN_PROGRESS']).toContain(ending);
    return ending !== 'CHECKOUT_IN_PROGRESS';
  });
}
