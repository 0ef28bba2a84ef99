import { Registry } from 'prom-client';
import { observeBacklog } from '../metrics';
import { approve, placing, startOrders, type OrdersUnderTest } from '../testing/orders-under-test';
import { readBacklog } from './postgres-order-lists';

let store: OrdersUnderTest;
beforeAll(async () => {
  store = await startOrders();
});
afterAll(() => store.stop());

it('the backlog counts unfinished orders by status and unpublished events, and the metrics follow it', async () => {
  const read = () => readBacklog(store.db);
  expect(await read()).toEqual({ unfinishedOrders: {}, maxAgeSeconds: 0, unpublishedEvents: 0 });

  const stock = { ...store.parts.stock, commit: () => Promise.reject(new Error('inventory is unavailable')) };
  await placing({ ...store.parts, stock })(await store.newShopper(), approve);
  await store.db
    .updateTable('orders')
    .set({ created_at: new Date(Date.now() - 60_000) })
    .execute();
  const { maxAgeSeconds, ...rest } = await read();
  expect(rest).toEqual({ unfinishedOrders: { paid: 1 }, unpublishedEvents: 1 });
  expect(maxAgeSeconds).toBeGreaterThanOrEqual(59);

  const registry = new Registry();
  const observe = observeBacklog(registry, read);
  await observe();
  const metrics = await registry.metrics();
  expect(metrics).toContain('orders_unfinished{status="paid"} 1');
  expect(metrics).toContain('orders_unfinished{status="pending"} 0');
  expect(metrics).toContain('order_events_unpublished 1');
  expect(metrics).toMatch(/orders_unfinished_max_age_seconds (59|6\d)/);

  await store.db.updateTable('orders').set({ inventory_notified_at: new Date() }).execute();
  await observe();
  expect(await registry.metrics()).toContain('orders_unfinished{status="paid"} 0');
});
