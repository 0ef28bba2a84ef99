import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import type { OrderEvent } from '../domain/order';
import { publishEvents } from '../postgres/publish-events';
import { approve, decline, placing, startOrders, type OrdersUnderTest } from '../testing/orders-under-test';
import { createOrderStream, orderStreamKey } from './order-stream';

let store: OrdersUnderTest;
let redis: RedisClient;
beforeAll(async () => {
  store = await startOrders();
  const { host, port } = store.inspector.options;
  redis = connectRedis({ url: `redis://${host}:${port}`, connectionName: 'spec' }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  await redis.close();
  await store.stop();
});
beforeEach(async () => {
  await store.db.deleteFrom('order_events').execute();
  await store.inspector.del(orderStreamKey);
});

interface Published {
  readonly id: string;
  readonly type: string;
  readonly order: { readonly id: string; readonly userId: string };
}
const published = async (): Promise<Published[]> => {
  const entries = await store.inspector.xrange(orderStreamKey, '-', '+');
  return entries.map(([, [, json]]) => JSON.parse(json ?? '') as Published);
};
const publish = (stream = createOrderStream(redis, 1000)) => publishEvents(store.db, 100, stream);
/** With time for a busy machine. */
const pay = async () => placing({ ...store.parts, paymentDeadlineMs: 30_000 })(await store.newShopper(2), approve);

it('publishes the event of a paid order with the whole order', async () => {
  const { id, userId } = await pay();
  await publish();
  expect(await published()).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'order.paid',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      order: {
        id,
        userId,
        status: 'paid',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lines: [expect.objectContaining({ id: 'mug', quantity: 2 })],
        subtotal: { amount: 200, currency: 'EUR' },
        shipping: { amount: 0, currency: 'EUR' },
        tax: { amount: 0, currency: 'EUR' },
        total: { amount: 200, currency: 'EUR' },
      },
    },
  ]);
  expect(await store.db.selectFrom('order_events').select('id').execute()).toEqual([]);
});

it('publishes the event of a cancelled order, and no event of a declined one', async () => {
  const stock = { ...store.parts.stock, reserve: () => Promise.reject(new Error('inventory is unavailable')) };
  await placing({ ...store.parts, stock })(await store.newShopper(), approve).catch(() => undefined);
  await placing(store.parts)(await store.newShopper(), decline).catch(() => undefined);
  await publish();
  expect(await published()).toMatchObject([{ type: 'order.cancelled' }]);
});

it('publishes an event again under the same id when Redis did not confirm it', async () => {
  await pay();
  const stream = createOrderStream(redis, 1000);
  const dying = (events: readonly OrderEvent[]) => stream(events).then(() => Promise.reject(new Error('died')));
  await expect(publish(dying)).rejects.toThrow('died');
  await publish();
  const [first, second, ...more] = await published();
  expect(first).toEqual(second);
  expect(more).toEqual([]);
});

it('loses none and, while nothing fails, repeats none, when many replicas publish at once', async () => {
  const orders = await Promise.all(Array.from({ length: 40 }, pay));
  await Promise.all(Array.from({ length: 6 }, () => publish()));
  await publish();
  const publishedIds = (await published()).map(({ order }) => order.id);
  expect(publishedIds.sort()).toEqual(orders.map(({ id }) => id).sort());
});

it('trims the stream to about maxLength entries', async () => {
  const event = { id: 'e', type: 'order.paid', at: new Date(), order: await pay() } as const;
  const stream = createOrderStream(redis, 100);
  for (let batch = 0; batch < 10; batch += 1) await stream(Array.from({ length: 100 }, () => event));
  // Redis drops whole nodes of the stream, of a hundred entries each.
  expect(await store.inspector.xlen(orderStreamKey)).toBeLessThanOrEqual(200);
});
