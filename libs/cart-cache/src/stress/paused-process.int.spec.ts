import { randomUUID } from 'node:crypto';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import type { RedisClient } from '@badger-store/redis-kit';
import { stressTest, scale, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { createCarts, type Carts } from '../index';
import { orderInProgress } from '../testing/order-in-progress';
import { connectClients } from './clients';
import { readKeyspace } from './keyspace';
import { bundleWorkers, type WorkerBundle } from './worker-processes';

let server: RedisServer;
let client: RedisClient;
let inspector: Redis;
let workers: WorkerBundle;

beforeAll(async () => {
  [server, workers] = await Promise.all([startRedisServer(), bundleWorkers()]);
  [client] = (await connectClients(server, 1)) as [RedisClient];
  inspector = new Redis(server.url);
});

afterAll(async () => {
  await workers.remove();
  inspector.disconnect();
  await client.close();
  await server.stop();
});

const times = scale(1, 15);

describe('a checkout process that is stopped past its lease while it processes the order', () => {
  stressTest(
    'A stopped checkout changes nothing when it goes on after another attempt has finished the checkout',
    async () => {
      for (let i = 0; i < times; i += 1) {
        const { takeover, resume } = await stopAndTakeOver();
        takeover.order.complete();
        expect(await takeover.order.outcome).toEqual({ outcome: 'completed', result: 'done' });
        await createCarts({ redis: client }).add(takeover.cartId, 'afterwards', 2);
        await resume();
      }
      return { 'processes stopped and resumed': times };
    },
    120_000,
  );

  stressTest(
    'A stopped checkout changes nothing when it goes on while another attempt is at the checkout',
    async () => {
      for (let i = 0; i < times; i += 1) {
        const { takeover, cache, resume } = await stopAndTakeOver();
        await resume();
        takeover.order.complete();
        expect(await takeover.order.outcome).toEqual({ outcome: 'completed', result: 'done' });
        expect(await cache.get(takeover.cartId)).toEqual([{ id: 'meanwhile', quantity: 1 }]);
      }
      return { 'processes stopped and resumed': times };
    },
    120_000,
  );
});

interface Stopped {
  readonly cache: Carts;
  readonly takeover: { readonly cartId: string; readonly order: ReturnType<typeof orderInProgress> };
  /** Lets the stopped process go on to its end, and compares every byte in Redis. */
  resume(): Promise<void>;
}

async function stopAndTakeOver(): Promise<Stopped> {
  const cache = createCarts({ redis: client });
  const cartId = randomUUID();
  await cache.set(cartId, [
    { id: 'a', quantity: 3 },
    { id: 'b', quantity: 1 },
  ]);
  const worker = workers.start('pausing-checkout-worker', { redisUrl: server.url, cartId, checkoutLeaseSeconds: 1 });
  await until('the order is being processed', () => worker.messages.length > 0);
  const { started } = worker.messages[0] as { started: string };
  worker.process.kill('SIGSTOP');
  await cache.add(cartId, 'meanwhile');

  let order = orderInProgress(cache, cartId);
  await until('the lease has ended', async () => {
    const code = await order.started.then(
      () => 'STARTED',
      (error: { code?: string }) => error.code,
    );
    expect(['STARTED', 'CHECKOUT_IN_PROGRESS']).toContain(code);
    if (code !== 'STARTED') order = orderInProgress(cache, cartId);
    return code === 'STARTED';
  });
  expect(await order.started).toMatchObject({
    checkoutId: started,
    resumed: true,
    lines: [
      { id: 'a', quantity: 3 },
      { id: 'b', quantity: 1 },
    ],
  });

  return {
    cache,
    takeover: { cartId, order },
    async resume() {
      const before = await readKeyspace(inspector);
      worker.process.send('done');
      worker.process.kill('SIGCONT');
      expect(await worker.ended).toBe(0);
      expect(worker.messages[1]).toMatchObject({
        outcome: 'completed',
        result: 'paid',
        cartError: { name: 'LockLostError' },
      });
      expect(await readKeyspace(inspector)).toEqual(before);
    },
  };
}
