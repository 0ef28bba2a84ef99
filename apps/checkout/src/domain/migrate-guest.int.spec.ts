import { randomUUID } from 'node:crypto';
import { EmptyCartError, type Carts } from '@badger-store/cart-cache';
import {
  approve,
  crashes,
  diesAfter,
  hang,
  pause,
  placing,
  startOrders,
  type OrdersUnderTest,
} from '../testing/orders-under-test';
import { CheckoutOutcomeUnknownError } from './checkout-errors';
import { createMigrateGuest, type MigrateGuest } from './migrate-guest';
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

describe('a guest who signs in', () => {
  const migrateGuest: MigrateGuest = (guestId, userId) => createMigrateGuest(parts)(guestId, userId);
  /** As the gateway does it, at the sign-in and again at the next refresh. */
  const migrateAndMerge = async (guest: string, user: string) => {
    const { pending } = await migrateGuest(guest, user);
    await cartCache.merge(guest, user);
    return !pending && (await cartCache.get(guest)).length === 0;
  };
  const migrateFully = async (guest: string, user: string) => {
    for (let round = 0; round < 10; round += 1) {
      if (await migrateAndMerge(guest, user)) return;
      await placing(parts)(user, approve).catch(() => undefined);
    }
    throw new Error('the guest was not migrated');
  };
  /** Everything of an item that is in one of the carts, or was sold. */
  const everywhere = async (guest: string, user: string) => {
    const carts = [await cartCache.get(guest), await cartCache.get(user)].flat();
    const sold = [await paidOrders(guest), await paidOrders(user)].flat().flatMap(({ lines }) => lines);
    const count = (id: string) =>
      [...carts, ...sold].filter((line) => line.id === id).reduce((sum, { quantity }) => sum + quantity, 0);
    return { mug: count('mug'), cap: count('cap') };
  };

  it.each(Object.entries(crashes))(
    'after a checkout that died %s has its order ended as the user, with one charge, and every line once',
    async (_step, crash) => {
      const [guest, user] = [await newShopper(2), randomUUID()];
      await expect(placing({ ...parts, ...crash(parts) })(guest, approve)).rejects.toThrow();
      await cartCache.add(guest, 'cap');
      await cartCache.add(user, 'cap', 3);
      await migrateAndMerge(guest, user);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 4 });
      // The lines that the open checkout does not lock are in the user's cart immediately.
      expect(await cartCache.get(user)).toContainEqual({ id: 'cap', quantity: 4 });

      await placing(parts)(user, approve);
      expect(await migrateAndMerge(guest, user)).toBe(true);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 4 });
      expect(await cartCache.get(guest)).toEqual([]);
      const all = await charges(user);
      expect(all.filter(({ state }) => state === 'charged').map(({ status }) => status)).toEqual(['paid']);
      expect(all.filter(({ status }) => status === 'pending')).toEqual([]);
      expect((await store.lists.page({ userId: guest, statuses: ['paid', 'pending'], limit: 9 })).orders).toEqual([]);
    },
  );

  it('has the orders in the account, and the guest has none', async () => {
    const [guest, user] = [await newShopper(), randomUUID()];
    const { id } = await placing(parts)(guest, approve);
    expect(await migrateGuest(guest, user)).toEqual({ moved: 1, pending: false });
    expect(await migrateGuest(guest, user)).toEqual({ moved: 0, pending: false });
    expect(await paidOrders(user)).toMatchObject([{ id }]);
    expect(await paidOrders(guest)).toEqual([]);
  });

  it('with a pending order waits until the user’s own pending order is finished', async () => {
    const [guest, user] = [await newShopper(), await newShopper()];
    for (const shopper of [guest, user]) {
      await expect(placing(parts)(shopper, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    }
    expect(await migrateGuest(guest, user)).toEqual({ moved: 0, pending: true });
    await placing(parts)(user, approve);
    expect(await migrateGuest(guest, user)).toEqual({ moved: 1, pending: true });
    await expect(placing(parts)(user, approve)).rejects.toBeInstanceOf(EmptyCartError);
    expect(await migrateGuest(guest, user)).toEqual({ moved: 0, pending: false });
    expect(await migrateAndMerge(guest, user)).toBe(true);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it('while the cart is brought back from before a paid checkout brings nothing that was sold', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const key = `{${guest}}_cart`;
    const before = await store.inspector.hgetall(key);
    await placing(parts)(guest, approve);
    await store.inspector.hset(key, before);
    await migrateAndMerge(guest, user);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it('while the cart comes back from before a paid checkout just as it is locked brings nothing that was sold', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const key = `{${guest}}_cart`;
    const before = await store.inspector.hgetall(key);
    await placing(parts)(guest, approve);
    const withCheckoutLock: Carts['withCheckoutLock'] = async (...args) => {
      await store.inspector.hset(key, before);
      return cartCache.withCheckoutLock(...args);
    };
    await createMigrateGuest({ ...parts, cartCache: { ...cartCache, withCheckoutLock } })(guest, user);
    await cartCache.merge(guest, user);
    await migrateFully(guest, user);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it('while a late attempt releases the lock that it took from a pending order brings nothing that is sold', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const [lock, price] = [pause(), pause()];
    const late = placing({
      ...parts,
      cartCache: { ...cartCache, checkout: (...args) => lock.wait().then(() => cartCache.checkout(...args)) },
      priceList: { findMany: () => price.wait().then(() => Promise.reject(new Error('inventory is unavailable'))) },
    })(guest, approve);
    await lock.reached;
    const dying = placing({ ...parts, ...crashes['after the payment is confirmed']?.(parts) });
    await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    lock.proceed();
    await price.reached;
    expect(await migrateGuest(guest, user)).toMatchObject({ pending: true });
    price.proceed();
    expect(await late).toMatchObject({ status: 'paid' });
    await cartCache.merge(guest, user);

    await migrateFully(guest, user);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it.each(Object.entries(crashes))(
    'and goes on as the guest after a checkout that died %s is charged once and sold every line once',
    async (_step, crash) => {
      const [guest, user] = [await newShopper(2), randomUUID()];
      await expect(placing({ ...parts, ...crash(parts) })(guest, approve)).rejects.toThrow();
      await migrateAndMerge(guest, user);
      for (const shopper of [guest, user, guest]) {
        await placing(parts)(shopper, approve).catch(() => undefined);
      }
      await migrateFully(guest, user);
      await placing(parts)(user, approve).catch(() => undefined);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
      const charged = [await charges(guest), await charges(user)].flat().filter(({ state }) => state === 'charged');
      expect(charged).toEqual([{ status: 'paid', state: 'charged' }]);
    },
  );

  it('while a process that lost its lock is about to record an order has that order cancelled, and nothing charged', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const { reached, wait, proceed } = pause();
    const late = placing({
      ...parts,
      orders: {
        ...parts.orders,
        add: async (order) => {
          await wait();
          return parts.orders.add(order);
        },
      },
    })(guest, approve).catch((error: unknown) => error);
    await reached;
    await store.inspector.hset(`{${guest}}_cart:lock`, 'leaseUntil', 0);
    expect(await migrateAndMerge(guest, user)).toBe(true);
    proceed();
    expect(await late).toMatchObject({ category: 'unauthenticated' });
    expect(await cartCache.get(user)).toEqual([{ id: 'mug', quantity: 2 }]);
    expect([await charges(guest), await charges(user)].flat()).toEqual([]);
  });

  it('while an order of the guest is paid, and its process dies, brings nothing that was sold', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const dying = placing({
      ...parts,
      orders: { ...parts.orders, transition: (...args) => diesAfter(parts.orders.transition(...args)) },
    });
    const { reached, wait, proceed } = pause();
    const moving = createMigrateGuest({
      ...parts,
      orders: {
        ...parts.orders,
        findNewestPaid: async (cartId) => {
          const found = await parts.orders.findNewestPaid(cartId);
          await wait();
          return found;
        },
      },
    })(guest, user);
    await reached;
    await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    proceed();
    await moving;
    await cartCache.merge(guest, user);
    await migrateFully(guest, user);
    await placing(parts)(user, approve);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
    expect(await cartCache.get(user)).toEqual([]);
  });

  it('after Redis lost the lock of a pending order keeps its lines until the order is finished', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    await expect(placing(parts)(guest, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await store.inspector.del(`{${guest}}_cart:lock`, `{${guest}}_cart:locked`);
    expect(await migrateAndMerge(guest, user)).toBe(false);
    expect(await cartCache.get(guest)).toEqual([{ id: 'mug', quantity: 2 }]);
  });

  it('after a payment without a response gets the order as the user, and the guest’s cart is updated', async () => {
    const [guest, user] = [await newShopper(2), await newShopper(1)];
    const dying = placing({ ...parts, ...crashes['after the payment is confirmed']?.(parts) });
    await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await migrateAndMerge(guest, user);
    expect(await placing(parts)(user, approve)).toMatchObject({ cartId: guest, status: 'paid' });
    expect(await cartCache.get(guest)).toEqual([]);
    expect(await cartCache.get(user)).toEqual([{ id: 'mug', quantity: 1 }]);
  });

  it('and checks out as the guest again gets the recovered order, which belongs to the user', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const dying = placing({ ...parts, ...crashes['after the payment is confirmed']?.(parts) });
    await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    await migrateAndMerge(guest, user);
    expect(await placing(parts)(guest, approve)).toMatchObject({ userId: user, status: 'paid' });
    expect(await paidOrders(user)).toHaveLength(1);
  });

  it('while an order is paid by a process that then dies has the guest’s cart updated by the user’s next checkout', async () => {
    const [guest, user] = [await newShopper(2), await newShopper(1)];
    const dying = placing({
      ...parts,
      orders: {
        ...parts.orders,
        transition: async (...args) => {
          expect(await migrateGuest(guest, user)).toEqual({ moved: 1, pending: true });
          return diesAfter(parts.orders.transition(...args));
        },
      },
    });
    await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    expect(await placing(parts)(user, approve)).toMatchObject({ cartId: guest, status: 'paid' });
    expect(await cartCache.get(guest)).toEqual([]);
    expect(await cartCache.get(user)).toEqual([{ id: 'mug', quantity: 1 }]);
  });

  it('and checks out as the guest again gets INVALID_TOKEN, and is charged nothing', async () => {
    const [guest, user] = [await newShopper(), randomUUID()];
    expect(await migrateAndMerge(guest, user)).toBe(true);
    await cartCache.add(guest, 'cap');
    await expect(placing(parts)(guest, approve)).rejects.toMatchObject({ category: 'unauthenticated' });
    expect(await charges(guest)).toEqual([]);
    expect(await migrateAndMerge(guest, user)).toBe(true);
    expect(await cartCache.get(user)).toEqual([
      { id: 'mug', quantity: 1 },
      { id: 'cap', quantity: 1 },
    ]);
  });

  it.each(['before the order is marked as paid', 'after the order is marked as paid'])(
    'between two attempts of which one died %s, and merges before the other looks again, has nothing sold twice',
    async (step) => {
      const [guest, user] = [await newShopper(2), randomUUID()];
      const { reached, wait, proceed } = pause();
      let rounds = 0;
      const late = placing({
        ...parts,
        cartCache: {
          ...cartCache,
          checkout: async (...args) => {
            await wait();
            return cartCache.checkout(...args);
          },
        },
        orders: {
          ...parts.orders,
          findBeforeCheckout: async (userId) => {
            rounds += 1;
            if (rounds > 1) await cartCache.merge(guest, user);
            return parts.orders.findBeforeCheckout(userId);
          },
        },
      })(guest, approve);
      await reached;
      const dying = placing({ ...parts, ...crashes[step]?.(parts) });
      await expect(dying(guest, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
      proceed();
      await late.catch(() => undefined);
      expect(rounds).toBeGreaterThan(1);
      await migrateFully(guest, user);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
    },
  );

  it('twenty times at once, while both check out and die at every step, loses nothing and sells nothing twice', async () => {
    const dying = Object.values(crashes).map((crash) => placing({ ...parts, ...crash(parts) }));
    for (let round = 0; round < 5; round += 1) {
      const [guest, user] = [await newShopper(2), await newShopper(3)];
      await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => {
          const shopper = n % 2 ? guest : user;
          const buy = n % 3 ? placing(parts) : (dying[(n + round) % dying.length] ?? placing(parts));
          return [migrateAndMerge(guest, user), buy(shopper, approve)];
        }).flat(),
      );
      await migrateFully(guest, user);
      // Lines of an order whose process died once it was paid are in the cart as well, until the user’s next checkout.
      expect((await everywhere(guest, user)).mug).toBeGreaterThanOrEqual(5);
      await placing(parts)(user, approve).catch(() => undefined);
      expect(await everywhere(guest, user)).toEqual({ mug: 5, cap: 0 });
      const all = [await charges(guest), await charges(user)].flat();
      expect(all.filter(({ status, state }) => (status === 'paid') !== (state === 'charged'))).toEqual([]);
    }
  });
});
