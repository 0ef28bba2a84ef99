import { randomUUID } from 'node:crypto';
import type { OrderStatus } from '@badger-store/store-api';
import { startOrders, type OrdersUnderTest } from '../testing/orders-under-test';
import { orderTransitions } from './order';

let store: OrdersUnderTest;
beforeAll(async () => {
  store = await startOrders();
});
afterAll(() => store.stop());

const statuses = Object.keys(orderTransitions) as OrderStatus[];
const add = async (status: OrderStatus = 'pending') => {
  const id = randomUUID();
  await store.db
    .insertInto('orders')
    .values({
      id,
      user_id: id,
      cart_id: id,
      status,
      attempt_id: randomUUID(),
      cart_version: '',
      cart_items: '[]',
      lines: '[]',
      currency: 'EUR',
      payment_method: 'test',
      shipping_amount: '0',
      tax_amount: '0',
      total_amount: '0',
    })
    .execute();
  return id;
};
const move = (id: string, status: OrderStatus) =>
  store.db.updateTable('orders').set({ status }).where('id', '=', id).execute();

it.each(statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => [from, to] as const)))(
  'the database lets an order go from %s to %s exactly where the rules do',
  async (from, to) => {
    const id = await add();
    if (from !== 'pending') await move(id, from);
    const moved = move(id, to);
    if (orderTransitions[from].includes(to)) await moved;
    else await expect(moved).rejects.toThrow(`cannot become ${to}`);
  },
);

it.each(statuses.filter((status) => status !== 'pending'))('no order begins as %s', async (status) => {
  await expect(add(status)).rejects.toThrow(`cannot become ${status}`);
});
