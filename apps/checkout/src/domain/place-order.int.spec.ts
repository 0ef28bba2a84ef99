import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CheckoutInProgressError, EmptyCartError, type Carts } from '@badger-store/cart-cache';
import {
  approve,
  crashes,
  decline,
  diesAfter,
  hang,
  pause,
  placing,
  startOrders,
  withProvider,
  type OrdersUnderTest,
} from '../testing/orders-under-test';
import { CheckoutOutcomeUnknownError, PaymentDeclinedError } from './checkout-errors';
import { PaymentRefusedError } from './payment-provider';
import type { PlaceOrderParts } from './place-order';

let store: OrdersUnderTest;
let parts: PlaceOrderParts;
let cartCache: Carts;
beforeAll(async () => {
  store = await startOrders();
  ({ parts, cartCache } = store);
});
afterAll(() => store.stop());

const newShopper = (quantity?: number) => store.newShopper(quantity);
const paidOrders = (userId: string) => store.paidOrders(userId);
const charges = (userId: string) => store.charges(userId);

describe('a checkout attempt that dies', () => {
  it.each(Object.entries(crashes))('%s is finished by the next attempt with one charge', async (_step, crash) => {
    const shopper = await newShopper(2);
    const dying = placing({ ...parts, ...crash(parts) });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await cartCache.add(shopper, 'cap');

    const order = await placing(parts)(shopper, approve).catch((error: unknown) => error);
    const [paid, ...more] = await paidOrders(shopper);
    expect(more).toEqual([]);
    expect(order).toMatchObject({ id: paid?.id, status: 'paid' });
    const rest = await cartCache.get(shopper);
    const sold = paid?.lines.map(({ id, quantity }) => ({ id, quantity })) ?? [];
    expect([...sold, ...rest]).toEqual([
      { id: 'mug', quantity: 2 },
      { id: 'cap', quantity: 1 },
    ]);
    const all = await charges(shopper);
    expect(all.filter(({ state }) => state === 'charged')).toEqual([{ status: 'paid', state: 'charged' }]);
    expect(all.filter(({ status }) => status === 'pending')).toEqual([]);
  });

  it('before the cart is updated is finished by the next attempt, which returns the paid order', async () => {
    const shopper = await newShopper(2);
    const dying = placing({
      ...parts,
      cartCache: {
        ...cartCache,
        checkout: (userToken, processOrder, options) =>
          cartCache.checkout(userToken, async (...args) => diesAfter(processOrder(...args)), options),
      },
    });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    expect(await cartCache.get(shopper)).toEqual([{ id: 'mug', quantity: 2 }]);
    await cartCache.add(shopper, 'cap');

    const response = await placing(parts)(shopper, approve);
    expect(response.lines).toMatchObject([{ id: 'mug', quantity: 2 }]);
    expect(await cartCache.get(shopper)).toEqual([{ id: 'cap', quantity: 1 }]);
    expect((await placing(parts)(shopper, approve)).lines).toMatchObject([{ id: 'cap', quantity: 1 }]);
  });
});

describe('an order', () => {
  it('is paid once when many requests run at once', async () => {
    const shopper = await newShopper();
    const attempts = await Promise.allSettled(Array.from({ length: 30 }, () => placing(parts)(shopper, approve)));
    const ids = new Set(attempts.flatMap((a) => (a.status === 'fulfilled' ? [a.value.id] : [])));
    const refusals = attempts.flatMap((a) => (a.status === 'rejected' ? [a.reason as Error] : []));
    expect(ids.size).toBe(1);
    expect(refusals.filter((e) => !(e instanceof CheckoutInProgressError || e instanceof EmptyCartError))).toEqual([]);
    expect(await charges(shopper)).toEqual([{ status: 'paid', state: 'charged' }]);
  });

  it('stays pending while its payment hangs, until the next attempt cancels the payment', async () => {
    const shopper = await newShopper();
    await expect(placing(parts)(shopper, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    expect(await charges(shopper)).toEqual([{ status: 'pending', state: 'processing' }]);
    await placing(parts)(shopper, approve);
    expect(await charges(shopper)).toEqual(
      expect.arrayContaining([
        { status: 'cancelled', state: 'cancelled' },
        { status: 'paid', state: 'charged' },
      ]),
    );
  });

  it('has an unknown outcome at the payment deadline even when the garbage collector runs', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 20);
    const order = placing(parts)(await newShopper(), hang);
    const outcome = await Promise.race([order.catch((error: unknown) => error), sleep(20_000, 'hangs')]);
    clearInterval(collecting);
    expect(outcome).toBeInstanceOf(CheckoutOutcomeUnknownError);
  });

  it('leaves the cart unchanged when its payment is declined', async () => {
    const shopper = await newShopper(3);
    const refusal = await placing(parts)(shopper, decline).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PaymentDeclinedError);
    expect(await cartCache.get(shopper)).toEqual([{ id: 'mug', quantity: 3 }]);
  });

  it('is declined and leaves the cart unchanged when the provider refuses the payment', async () => {
    const shopper = await newShopper(3);
    const refuses = withProvider(parts, () => ({
      create: () => Promise.reject(new PaymentRefusedError('no_such_card')),
    }));
    const refusal = await placing({ ...parts, ...refuses })(shopper, approve).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'PAYMENT_DECLINED', extensions: { reason: 'no_such_card' } });
    const { orders } = await store.lists.page({ userId: shopper, statuses: ['declined'], limit: 9 });
    expect(orders).toMatchObject([{ declineReason: 'no_such_card' }]);
    expect(store.stock.of(orders[0]?.id ?? '')).toEqual({ held: 0, sold: 0 });
    expect(await cartCache.get(shopper)).toEqual([{ id: 'mug', quantity: 3 }]);
  });

  it('is the only pending order of its user when Redis lost every lock', async () => {
    const shopper = await newShopper();
    const { reached, wait, proceed } = pause();
    const slow = placing({
      ...parts,
      paymentDeadlineMs: 5000,
      ...withProvider(parts, ({ confirm }) => ({
        confirm: async (...args) => {
          await wait();
          return confirm(...args);
        },
      })),
    })(shopper, approve);
    await reached;
    await store.inspector.flushall();
    await cartCache.add(shopper, 'mug');
    const second = placing(parts)(shopper, approve);
    const outcome = await second;
    proceed();
    const first = await slow.catch((error: unknown) => error);
    const all = await charges(shopper);
    expect(all.filter(({ state }) => state === 'charged')).toHaveLength(1);
    expect(await paidOrders(shopper)).toMatchObject([{ id: outcome.id }]);
    expect(first).toBeInstanceOf(CheckoutOutcomeUnknownError);
  });

  it('is not bought again when a failover restores the cart from before the payment', async () => {
    const shopper = await newShopper(2);
    const key = `{${shopper}}_cart`;
    const before = await store.inspector.hgetall(key);
    await placing(parts)(shopper, approve);
    expect(await store.inspector.exists(key)).toBe(0);
    await store.inspector.hset(key, before);
    await cartCache.add(shopper, 'cap');

    const next = await placing(parts)(shopper, approve);
    expect(next.lines).toMatchObject([{ id: 'cap', quantity: 1 }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('is not bought again when a failover undoes two checkouts of the cart', async () => {
    const shopper = await newShopper(2);
    const key = `{${shopper}}_cart`;
    await cartCache.add(shopper, 'cap');
    const before = await store.inspector.hgetall(key);
    const { reached, wait, proceed } = pause();
    const first = placing({
      ...parts,
      ...withProvider(parts, ({ confirm }) => ({ confirm: (...args) => wait().then(() => confirm(...args)) })),
      paymentDeadlineMs: 5000,
    })(shopper, approve);
    await reached;
    await cartCache.add(shopper, 'mug');
    proceed();
    await first;
    await placing(parts)(shopper, approve);
    expect(await cartCache.get(shopper)).toEqual([]);
    await store.inspector.hset(key, before);
    await cartCache.add(shopper, 'cap', 4);

    const next = await placing(parts)(shopper, approve);
    expect(next.lines).toMatchObject([{ id: 'cap', quantity: 4 }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('is not bought again when a failover happens just before the cart is locked', async () => {
    const shopper = await newShopper(2);
    const key = `{${shopper}}_cart`;
    const before = await store.inspector.hgetall(key);
    await placing(parts)(shopper, approve);
    await cartCache.add(shopper, 'cap');
    let failovers = 0;
    const failingOver: Carts['checkout'] = async (...args) => {
      failovers += 1;
      if (failovers === 1) {
        await store.inspector.del(key);
        await store.inspector.hset(key, before);
        await cartCache.add(shopper, 'cap', 4);
      }
      return cartCache.checkout(...args);
    };

    const next = await placing({ ...parts, cartCache: { ...cartCache, checkout: failingOver } })(shopper, approve);
    expect(next.lines.map(({ id, quantity }) => ({ id, quantity }))).toEqual([{ id: 'cap', quantity: 4 }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('is not bought again by an attempt that read the orders before the payment and locked the cart after the crash', async () => {
    const shopper = await newShopper(2);
    const { reached, wait, proceed } = pause();
    const late = placing({
      ...parts,
      cartCache: {
        ...cartCache,
        checkout: async (...args) => {
          await wait();
          return cartCache.checkout(...args);
        },
      },
    })(shopper, approve);
    await reached;
    const dying = placing({
      ...parts,
      orders: { ...parts.orders, transition: (...args) => diesAfter(parts.orders.transition(...args)) },
    });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    proceed();

    const [paid, ...more] = await paidOrders(shopper);
    expect(await late).toMatchObject({ id: paid?.id });
    expect(more).toEqual([]);
    expect((await charges(shopper)).filter(({ state }) => state === 'charged')).toHaveLength(1);
    expect(await cartCache.get(shopper)).toEqual([]);
  });
});
