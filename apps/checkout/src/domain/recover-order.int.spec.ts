import type { Carts } from '@badger-store/cart-cache';
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
import { CheckoutOutcomeUnknownError } from './checkout-errors';
import type { PlaceOrderParts } from './place-order';
import { createFollowPayment, createSweep } from './recover-order';

let store: OrdersUnderTest;
let parts: PlaceOrderParts;
let cartCache: Carts;
const reports: unknown[] = [];
beforeAll(async () => {
  store = await startOrders(0);
  cartCache = store.cartCache;
  parts = { ...store.parts, report: (error) => reports.push(error) };
});
afterAll(() => store.stop());
beforeEach(() => reports.splice(0));

const sweeping = (over: Partial<PlaceOrderParts> = {}, unknownMaxMs = 900_000) =>
  createSweep({ ...parts, ...over, unknownMaxMs });
const getOrders = async (userId: string) =>
  store.db.selectFrom('orders').selectAll().where('user_id', '=', userId).orderBy('created_at').execute();
const sweepUntilIdle = async (sweep = sweeping()) => {
  for (let rounds = 0; rounds < 20; rounds += 1) if ((await sweep()) === 0) return;
};
const dieAt = async (shopper: string, step: string) => {
  const dying = placing({ ...parts, ...crashes[step]?.(parts) });
  await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
};

describe('the sweeper', () => {
  it.each(Object.keys(crashes).filter((step) => step !== 'before the order is recorded'))(
    'finishes an order whose attempt died %s',
    async (step) => {
      const shopper = await store.newShopper(2);
      await dieAt(shopper, step);
      await sweepUntilIdle();

      const [order, ...more] = await getOrders(shopper);
      expect(more).toEqual([]);
      const isPaid = /after the payment is confirmed|marked as paid/.test(step);
      expect(order).toMatchObject({ status: isPaid ? 'paid' : 'cancelled', finished: true });
      expect(store.stock.of(order?.id ?? '')).toEqual({ held: 0, sold: isPaid ? 2 : 0 });
      expect(await cartCache.get(shopper)).toEqual(isPaid ? [] : [{ id: 'mug', quantity: 2 }]);
      const charges = await store.charges(shopper);
      expect(charges.filter(({ state }) => state === 'charged')).toHaveLength(isPaid ? 1 : 0);
    },
  );

  it('leaves the customer’s notification to the next checkout, which returns the order', async () => {
    const shopper = await store.newShopper(2);
    await dieAt(shopper, 'after the payment is confirmed');
    await sweepUntilIdle();
    await cartCache.add(shopper, 'cap');
    const [found] = await getOrders(shopper);
    expect(await placing(parts)(shopper, approve)).toMatchObject({ id: found?.id, status: 'paid' });
    expect((await placing(parts)(shopper, approve)).lines).toMatchObject([{ id: 'cap' }]);
  });

  it('leaves an order alone while its attempt runs', async () => {
    const shopper = await store.newShopper();
    let duringPayment: unknown;
    const order = await placing({
      ...parts,
      ...withProvider(parts, ({ confirm }) => ({
        confirm: async (...args) => {
          await sweepUntilIdle();
          duringPayment = (await getOrders(shopper)).map(({ status }) => status);
          return confirm(...args);
        },
      })),
    })(shopper, approve);
    expect(duringPayment).toEqual(['pending']);
    expect(order.status).toBe('paid');
  });

  it('waits for a payment that is processing, and cancels it after CHECKOUT_UNKNOWN_MAX_SECONDS', async () => {
    const shopper = await store.newShopper();
    await expect(placing(parts)(shopper, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await sweepUntilIdle();
    expect(await getOrders(shopper)).toMatchObject([{ status: 'pending' }]);
    await sweepUntilIdle(sweeping({}, 1));
    expect(await getOrders(shopper)).toMatchObject([{ status: 'cancelled', finished: true }]);
    expect(await store.charges(shopper)).toEqual([{ status: 'cancelled', state: 'cancelled' }]);
  });

  it('finishes each order once when many replicas sweep at once', async () => {
    const shoppers = await Promise.all(Array.from({ length: 30 }, () => store.newShopper()));
    const steps = Object.keys(crashes).filter((step) => step !== 'before the order is recorded');
    await Promise.all(shoppers.map((shopper, n) => dieAt(shopper, steps[n % steps.length] ?? '')));
    await Promise.all(Array.from({ length: 8 }, () => sweepUntilIdle()));
    await sweepUntilIdle();
    for (const shopper of shoppers) {
      const orders = await getOrders(shopper);
      expect(orders).toMatchObject([{ finished: true }]);
      const charges = await store.charges(shopper);
      expect(charges.filter(({ status, state }) => (status === 'paid') !== (state === 'charged'))).toEqual([]);
    }
    expect(reports).toEqual([]);
  });

  it('notifies inventory later when inventory was unavailable', async () => {
    const shopper = await store.newShopper(3);
    const unavailable = () => Promise.reject(new Error('inventory is unavailable'));
    const stock = { ...parts.stock, commit: unavailable, release: unavailable };
    const { id } = await placing({ ...parts, stock })(shopper, approve);
    await placing({ ...parts, stock })(await store.newShopper(), decline).catch(() => undefined);
    expect(store.stock.of(id)).toEqual({ held: 3, sold: 0 });
    await sweepUntilIdle(sweeping({ stock }));
    expect(reports.at(-1)).toBeInstanceOf(AggregateError);
    expect(await getOrders(shopper)).toMatchObject([{ finished: false }]);

    await sweepUntilIdle();
    expect(store.stock.of(id)).toEqual({ held: 0, sold: 3 });
    expect(await getOrders(shopper)).toMatchObject([{ finished: true }]);
  });

  it('updates the cart and refunds a charge while inventory is unavailable', async () => {
    const unavailable = () => Promise.reject(new Error('inventory is unavailable'));
    const stock = { ...parts.stock, commit: unavailable, release: unavailable };
    const [paid, cancelled] = [await store.newShopper(), await store.newShopper()];
    await dieAt(paid, 'after the order is marked as paid');
    await dieAt(cancelled, 'after the payment is recorded');
    const lying = withProvider(parts, ({ confirm }) => ({
      cancel: (...args) => confirm(...args).then(() => ({ state: 'cancelled' })),
    }));
    await sweepUntilIdle(sweeping({ ...lying, stock }));
    expect(await cartCache.get(paid)).toEqual([]);
    expect(await store.charges(cancelled)).toEqual([{ status: 'cancelled', state: 'refunded' }]);
  });

  it('updates a cart whose update failed after the payment', async () => {
    const shopper = await store.newShopper(2);
    const checkout: Carts['checkout'] = (userToken, processOrder, options) =>
      cartCache.checkout(userToken, (...args) => diesAfter(processOrder(...args)), options);
    const dying = placing({ ...parts, cartCache: { ...cartCache, checkout } });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await cartCache.add(shopper, 'cap');
    await sweepUntilIdle();
    expect(await cartCache.get(shopper)).toEqual([{ id: 'cap', quantity: 1 }]);
  });

  it('that recovers an order late changes no later cart of the customer', async () => {
    const shopper = await store.newShopper(2);
    await dieAt(shopper, 'after the payment is confirmed');
    const { reached, wait, proceed } = pause();
    const checkout: Carts['checkout'] = (...args) => wait().then(() => cartCache.checkout(...args));
    const late = sweeping({ cartCache: { ...cartCache, checkout } })();
    await reached;
    await placing(parts)(shopper, approve);
    await cartCache.add(shopper, 'cap');
    await dieAt(shopper, 'after the order is marked as paid');
    proceed();
    await late;

    await sweepUntilIdle();
    expect(await cartCache.get(shopper)).toEqual([]);
    expect(await store.paidOrders(shopper)).toHaveLength(2);
  });

  it('refunds what was charged for a cancelled order', async () => {
    const shopper = await store.newShopper();
    await dieAt(shopper, 'after the payment is recorded');
    // A provider that does not keep its word: what it calls cancelled is charged all the same.
    const lying = withProvider(parts, () => ({ cancel: () => Promise.resolve({ state: 'cancelled' }) }));
    await expect(placing({ ...parts, ...lying })(shopper, decline)).rejects.toMatchObject({ code: 'PAYMENT_DECLINED' });
    const [cancelled] = await getOrders(shopper);
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    await parts.getProvider('test').confirm(cancelled?.payment_id ?? '', AbortSignal.timeout(1000));
    await sweepUntilIdle();
    expect(await store.charges(shopper)).toContainEqual({ status: 'cancelled', state: 'refunded' });
    expect(reports).toContainEqual(expect.objectContaining({ message: expect.stringContaining('refunded') }));
  });
});

describe('a provider’s event', () => {
  const follow = (paymentId: string) => createFollowPayment({ ...parts, unknownMaxMs: 900_000 })(paymentId);

  it('finishes the order of its payment', async () => {
    const shopper = await store.newShopper();
    await dieAt(shopper, 'after the payment is confirmed');
    const [open] = await getOrders(shopper);
    await follow(open?.payment_id ?? '');
    await follow(open?.payment_id ?? '');
    expect(await getOrders(shopper)).toMatchObject([{ status: 'paid' }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('has the charge refunded when the order is cancelled', async () => {
    const shopper = await store.newShopper();
    await dieAt(shopper, 'after the payment is recorded');
    const lying = withProvider(parts, () => ({ cancel: () => Promise.resolve({ state: 'cancelled' }) }));
    await sweepUntilIdle(sweeping(lying));
    const [cancelled] = await getOrders(shopper);
    expect(cancelled).toMatchObject({ status: 'cancelled', finished: true });
    await parts.getProvider('test').confirm(cancelled?.payment_id ?? '', AbortSignal.timeout(1000));
    await follow(cancelled?.payment_id ?? '');
    expect(await store.charges(shopper)).toEqual([{ status: 'cancelled', state: 'refunded' }]);
  });

  it('about an unknown payment changes nothing', () => expect(follow('nothing')).resolves.toBeUndefined());
});
