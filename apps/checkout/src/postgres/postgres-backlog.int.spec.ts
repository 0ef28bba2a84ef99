import { Registry } from 'prom-client';
import { observeBacklog } from '../backlog-metrics';
import { approve, placing, startOrders, type OrdersUnderTest } from '../testing/orders-under-test';
import { createPostgresBacklog } from './postgres-backlog';

let store: OrdersUnderTest;
beforeAll(async () => {
  store = await startOrders();
});
afterAll(() => store.stop());

it('is empty, then has what is left to do, by status, and what the metrics say of it follows', async () => {
  const look = createPostgresBacklog(store.db);
  expect(await look()).toEqual({ openOrders: {}, oldestSeconds: 0, waitingEvents: 0 });

  const stock = { ...store.parts.stock, commit: () => Promise.reject(new Error('away')) };
  await placing({ ...store.parts, stock })(await store.newShopper(), approve);
  await store.db
    .updateTable('orders')
    .set({ created_at: new Date(Date.now() - 60_000) })
    .execute();
  const { oldestSeconds, ...rest } = await look();
  expect(rest).toEqual({ openOrders: { paid: 1 }, waitingEvents: 1 });
  expect(oldestSeconds).toBeGreaterThanOrEqual(59);

  const registry = new Registry();
  const observe = observeBacklog(registry, look);
  await observe();
  const metrics = await registry.metrics();
  expect(metrics).toContain('orders_open{status="paid"} 1');
  expect(metrics).toContain('orders_open{status="pending"} 0');
  expect(metrics).toContain('order_events_waiting 1');
  expect(metrics).toMatch(/orders_open_oldest_seconds (59|6\d)/);

  await store.db.updateTable('orders').set({ stock_told_at: new Date() }).execute();
  await observe();
  expect(await registry.metrics()).toContain('orders_open{status="paid"} 0');
});
