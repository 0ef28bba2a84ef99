import { randomUUID } from 'node:crypto';
import { CheckoutInProgressError, EmptyCartError, type Carts } from '@badger-store/cart-cache';
import {
  approve,
  crashes,
  decline,
  hang,
  pause,
  startOrders,
  withProvider,
  type OrdersUnderTest,
} from '../testing/orders-under-test';
import { OutOfStockError, PaymentDeclinedError } from './checkout-errors';
import type { Order } from './order';
import type { Payment } from './payment-provider';
import { createPlaceOrder, type PlaceOrderParts } from './place-order';
import { createSweep } from './recover-order';

let store: OrdersUnderTest;
let parts: PlaceOrderParts;
let cartCache: Carts;
beforeAll(async () => {
  store = await startOrders(0);
  ({ parts, cartCache } = store);
});
afterAll(() => store.stop());

interface Shopper {
  readonly id: string;
  pay(payment: Payment, key?: string, over?: Partial<PlaceOrderParts>): Promise<Order>;
}
/** Pays under keys; the hash of a body is its payment's token. */
const newShopper = async (quantity?: number): Promise<Shopper> => {
  const id = await store.newShopper(quantity);
  return {
    id,
    pay: (payment, key, over) =>
      createPlaceOrder({ ...parts, ...over })({
        userId: id,
        payment,
        key: key === undefined ? undefined : { value: key, bodyHash: payment.token },
      }),
  };
};
const failure = (order: Promise<Order>) => order.then(() => undefined).catch((error: unknown) => error);
const age = (userId: string) =>
  store.db
    .updateTable('idempotency_keys')
    .set({ created_at: new Date(Date.now() - 24 * 3600_000 - 1000) })
    .where('user_id', '=', userId)
    .execute();

describe('an idempotency key', () => {
  it('returns the same order again, and buys nothing that was added since', async () => {
    const shopper = await newShopper(2);
    const first = await shopper.pay(approve, 'k');
    await cartCache.add(shopper.id, 'cap');
    for (let repeat = 0; repeat < 3; repeat += 1) {
      expect(await shopper.pay(approve, 'k')).toMatchObject({ id: first.id, status: 'paid' });
    }
    expect(await cartCache.get(shopper.id)).toEqual([{ id: 'cap', quantity: 1 }]);
    expect((await shopper.pay(approve, 'another')).lines).toMatchObject([{ id: 'cap' }]);
  });

  it('is refused with another body', async () => {
    const shopper = await newShopper();
    await shopper.pay(approve, 'k');
    expect(await failure(shopper.pay(decline, 'k'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('returns the same decline again when the payment would now succeed', async () => {
    const shopper = await newShopper();
    const first = await failure(shopper.pay(decline, 'k'));
    expect(first).toBeInstanceOf(PaymentDeclinedError);
    expect(first).toMatchObject({ extensions: { reason: 'card_declined' } });
    expect(await failure(shopper.pay(decline, 'k'))).toEqual(first);
    expect((await shopper.pay(approve, 'another')).status).toBe('paid');
  });

  it('returns the same shortage again when there is now enough stock', async () => {
    const shopper = await newShopper(10);
    const lines = [{ id: 'mug', requested: 10, available: 3 }];
    const stock = { ...parts.stock, reserve: () => Promise.reject(new OutOfStockError(lines)) };
    expect(await failure(shopper.pay(approve, 'k', { stock }))).toMatchObject({ extensions: { lines } });
    expect(await failure(shopper.pay(approve, 'k'))).toMatchObject({ code: 'OUT_OF_STOCK', extensions: { lines } });
    expect((await shopper.pay(approve, 'another')).status).toBe('paid');
  });

  it('tries again after a rejection for any other reason', async () => {
    const shopper = await newShopper();
    const stock = { ...parts.stock, reserve: () => Promise.reject(new Error('inventory is unavailable')) };
    expect(await failure(shopper.pay(approve, 'k', { stock }))).toMatchObject({ message: 'inventory is unavailable' });
    expect((await shopper.pay(approve, 'k')).status).toBe('paid');
  });

  it.each(Object.entries(crashes))('returns one paid order after a crash %s', async (_step, crash) => {
    const shopper = await newShopper(2);
    await failure(shopper.pay(approve, 'k', crash(parts)));
    await cartCache.add(shopper.id, 'cap');
    const order = await shopper.pay(approve, 'k');
    expect(await shopper.pay(approve, 'k')).toMatchObject({ id: order.id });
    expect(await store.paidOrders(shopper.id)).toMatchObject([{ id: order.id }]);
  });

  it.each(['after the payment is confirmed', 'after the order is marked as paid'])(
    'returns the order that the sweeper recovered after a crash %s, also for another key',
    async (step) => {
      const shopper = await newShopper(2);
      await failure(shopper.pay(approve, 'k', crashes[step]?.(parts)));
      await createSweep({ ...parts, unknownMaxMs: 1000 })();
      const [paid] = await store.paidOrders(shopper.id);
      await cartCache.add(shopper.id, 'cap');
      expect(await shopper.pay(approve, 'another')).toMatchObject({ id: paid?.id });
      expect(await shopper.pay(approve, 'another')).toMatchObject({ id: paid?.id });
      expect(await shopper.pay(approve, 'k')).toMatchObject({ id: paid?.id });
      expect((await shopper.pay(approve, 'a third')).lines).toMatchObject([{ id: 'cap' }]);
    },
  );

  it('pays once after an unknown outcome that was cancelled', async () => {
    const shopper = await newShopper();
    await failure(shopper.pay(hang, 'k'));
    await createSweep({ ...parts, unknownMaxMs: 0 })();
    const confirm = () => Promise.resolve({ state: 'charged' as const });
    const order = await shopper.pay(
      hang,
      'k',
      withProvider(parts, () => ({ confirm })),
    );
    expect(await shopper.pay(hang, 'k')).toMatchObject({ id: order.id });
  });

  it('makes one order when many requests have it at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const shopper = await newShopper(2);
      const responses = await Promise.allSettled(Array.from({ length: 20 }, () => shopper.pay(approve, 'k')));
      await cartCache.add(shopper.id, 'cap');
      const late = await shopper.pay(approve, 'k');
      const ids = responses.flatMap((response) => (response.status === 'fulfilled' ? [response.value.id] : []));
      expect(new Set(ids)).toEqual(new Set([late.id]));
      const refusals = responses.flatMap((response) =>
        response.status === 'rejected' ? [response.reason as unknown] : [],
      );
      expect(refusals.filter((error) => !(error instanceof CheckoutInProgressError))).toEqual([]);
      expect(await store.paidOrders(shopper.id)).toHaveLength(1);
    }
  });

  it('rejects a second request with CheckoutInProgressError while the first one runs', async () => {
    const shopper = await newShopper();
    const { reached, wait, proceed } = pause();
    const slow = withProvider(parts, ({ confirm }) => ({ confirm: (...args) => wait().then(() => confirm(...args)) }));
    const first = shopper.pay(approve, 'k', { ...slow, paymentDeadlineMs: 5000 });
    await reached;
    expect(await failure(shopper.pay(approve, 'k'))).toBeInstanceOf(CheckoutInProgressError);
    proceed();
    const { id } = await first;
    expect(await shopper.pay(approve, 'k')).toMatchObject({ id });
  });

  it('still has its order after the guest signs in', async () => {
    const guest = await newShopper();
    const user = randomUUID();
    const { id } = await guest.pay(approve, 'k');
    await parts.orders.reassign(guest.id, user);
    const key = { value: 'k', bodyHash: approve.token };
    expect(await createPlaceOrder(parts)({ userId: user, payment: approve, key })).toMatchObject({ id });
  });

  it('has the order that was returned when several customers were not notified', async () => {
    const [guest, user] = [await newShopper(), await newShopper()];
    const dying = crashes['after the order is marked as paid']?.(parts);
    await failure(guest.pay(approve, undefined, dying));
    await failure(user.pay(approve, undefined, dying));
    await parts.orders.reassign(guest.id, user.id);
    const response = await user.pay(approve, 'k');
    expect(await user.pay(approve, 'k')).toMatchObject({ id: response.id });
  });

  it('has one order when its own is pending and another one was not notified', async () => {
    const [guest, user] = [await newShopper(), await newShopper()];
    await failure(user.pay(approve, undefined, crashes['after the order is marked as paid']?.(parts)));
    await failure(guest.pay(approve, 'k', crashes['after the payment is confirmed']?.(parts)));
    await parts.orders.reassign(guest.id, user.id);
    const response = await user.pay(approve, 'k');
    expect(await user.pay(approve, 'k')).toMatchObject({ id: response.id });
  });

  it('expires after 24 hours', async () => {
    const shopper = await newShopper();
    await shopper.pay(approve, 'k');
    await age(shopper.id);
    expect(await failure(shopper.pay(decline, 'k'))).toBeInstanceOf(EmptyCartError);
    await cartCache.add(shopper.id, 'cap');
    expect((await shopper.pay(approve, 'k')).lines).toMatchObject([{ id: 'cap' }]);
  });

  it('is deleted by purge once it has expired', async () => {
    const [old, young] = [await newShopper(), await newShopper()];
    await old.pay(approve, 'k');
    await young.pay(approve, 'k');
    await age(old.id);
    await parts.keys.purge();
    const left = await store.db.selectFrom('idempotency_keys').select('user_id').execute();
    expect(left.map(({ user_id }) => user_id)).toContain(young.id);
    expect(left.map(({ user_id }) => user_id)).not.toContain(old.id);
  });
});

it.each([undefined, 'k'])(
  'a second click (with the key %s) that looks while the first one is being paid gets the same order',
  async (key) => {
    const shopper = await newShopper();
    const { reached, wait, proceed } = pause();
    const second = shopper.pay(approve, key, {
      orders: {
        ...parts.orders,
        findBeforeCheckout: async (userId) => {
          const before = await parts.orders.findBeforeCheckout(userId);
          await wait();
          return before;
        },
      },
    });
    await reached;
    const first = await shopper.pay(approve, key);
    proceed();
    expect(await second).toMatchObject({ id: first.id });
  },
);

it('a second click at the same moment returns the same order when the cart is already empty', async () => {
  const shopper = await newShopper();
  const { reached, wait, proceed } = pause();
  const second = shopper.pay(approve, undefined, {
    cartCache: { ...cartCache, checkout: (...args) => wait().then(() => cartCache.checkout(...args)) },
  });
  await reached;
  const first = await shopper.pay(approve);
  proceed();
  expect(await second).toMatchObject({ id: first.id });
  expect(await failure(shopper.pay(approve))).toBeInstanceOf(EmptyCartError);
});

it('a checkout with an unexpected total changes nothing, and names the new total', async () => {
  const id = await store.newShopper(3);
  const placeOrder = createPlaceOrder(parts);
  const expectedTotal = { amount: 299, currency: 'EUR' };
  const refusal = await failure(placeOrder({ userId: id, payment: approve, expectedTotal }));
  expect(refusal).toMatchObject({ code: 'PRICE_CHANGED', extensions: { total: { amount: 300, currency: 'EUR' } } });
  expect(await store.charges(id)).toEqual([]);
  expect(await cartCache.get(id)).toEqual([{ id: 'mug', quantity: 3 }]);
  const paid = await placeOrder({ userId: id, payment: approve, expectedTotal: { amount: 300, currency: 'EUR' } });
  expect(paid.total).toEqual({ amount: 300, currency: 'EUR' });
});
