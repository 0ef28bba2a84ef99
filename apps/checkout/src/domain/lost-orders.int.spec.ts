import { randomUUID } from 'node:crypto';
import { EmptyCartError, type Carts } from '@badger-store/cart-cache';
import { newSeed, scale } from '@badger-store/test-kit';
import fc from 'fast-check';
import { approve, crashes, placing, startOrders, type OrdersUnderTest } from '../testing/orders-under-test';
import { createMigrateGuest } from './migrate-guest';
import type { Order } from './order';
import type { PlaceOrderParts } from './place-order';

let store: OrdersUnderTest;
let cartCache: Carts;
beforeAll(async () => {
  store = await startOrders();
  ({ cartCache } = store);
});
afterAll(() => store.stop());

/** What Redis keeps of a cart, as a replica that has nothing newer keeps it. */
async function backUp(cartId: string): Promise<() => Promise<void>> {
  const getKeys = () => store.inspector.keys(`{${cartId}}*`);
  const dumps = await Promise.all(
    (await getKeys()).map(async (key) => [key, await store.inspector.dumpBuffer(key)] as const),
  );
  return async () => {
    const keys = await getKeys();
    if (keys.length > 0) await store.inspector.del(...keys);
    for (const [key, dump] of dumps) await store.inspector.restore(key, 0, dump);
  };
}

/** Something happens while an order is priced, when the cart is locked. */
const withPriceList = (happens: () => Promise<unknown>): PlaceOrderParts => ({
  ...store.parts,
  priceList: {
    async findMany(ids) {
      await happens();
      return store.parts.priceList.findMany(ids);
    },
  },
});

const pay = (shopper: string) => placing(store.parts)(shopper, approve);
const toLines = ({ lines }: Order) => lines.map(({ id, quantity }) => ({ id, quantity }));
const getSold = async (shopper: string, item: string) => {
  const orders = await store.paidOrders(shopper);
  return orders.flatMap(toLines).reduce((sum, { id, quantity }) => sum + (id === item ? quantity : 0), 0);
};

/**
 * Pays that many orders of one life of the cart: an item is added while each is paid, so the cart is never empty in between. The
 * backup is from just before the order with that number.
 */
async function payInOneLife(shopper: string, orders: number, backUpBefore: number): Promise<() => Promise<void>> {
  let restore = () => Promise.resolve();
  await cartCache.add(shopper, 'mug');
  for (let number = 1; number <= orders; number += 1) {
    if (number === backUpBefore) restore = await backUp(shopper);
    await placing(withPriceList(() => cartCache.add(shopper, 'mug')))(shopper, approve);
  }
  expect(await getSold(shopper, 'mug')).toBe(orders);
  return restore;
}

describe('a cart that a failover restored from before paid orders', () => {
  const cases = [1, 2, 3, 4, 5, 6].flatMap((orders) =>
    [...new Set([1, Math.ceil(orders / 2), orders])].map((from) => [orders, from]),
  );

  it.each(cases)('is not sold again after %i orders, from before number %i', async (orders = 0, from = 0) => {
    const shopper = randomUUID();
    const restore = await payInOneLife(shopper, orders, from);
    await restore();
    await expect(pay(shopper)).rejects.toBeInstanceOf(EmptyCartError);
    expect(await getSold(shopper, 'mug')).toBe(orders);

    await restore();
    await cartCache.add(shopper, 'cap', 2);
    expect(toLines(await pay(shopper))).toEqual([{ id: 'cap', quantity: 2 }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('is not sold again when Redis loses an order of after the first failover as well', async () => {
    const shopper = randomUUID();
    const restore = await payInOneLife(shopper, 5, 1);
    await restore();
    await cartCache.add(shopper, 'cap', 2);
    const restoreSecond = await backUp(shopper);
    expect(toLines(await pay(shopper))).toEqual([{ id: 'cap', quantity: 2 }]);
    await restoreSecond();
    await expect(pay(shopper)).rejects.toBeInstanceOf(EmptyCartError);
    expect([await getSold(shopper, 'mug'), await getSold(shopper, 'cap')]).toEqual([5, 2]);
  });

  it('is not sold again when it comes back with what was added while the first of five orders was paid', async () => {
    const shopper = randomUUID();
    await cartCache.add(shopper, 'mug');
    let restore = () => Promise.resolve();
    const addAndBackUp = withPriceList(async () => {
      await cartCache.add(shopper, 'cap');
      restore = await backUp(shopper);
    });
    expect(toLines(await placing(addAndBackUp)(shopper, approve))).toEqual([{ id: 'mug', quantity: 1 }]);
    for (let orders = 2; orders <= 5; orders += 1) {
      const addMug = withPriceList(() => cartCache.add(shopper, 'mug'));
      await placing(addMug)(shopper, approve);
    }
    const sold = [await getSold(shopper, 'mug'), await getSold(shopper, 'cap')];
    await restore();
    await expect(pay(shopper)).rejects.toBeInstanceOf(EmptyCartError);
    expect([await getSold(shopper, 'mug'), await getSold(shopper, 'cap')]).toEqual(sold);
  });

  it.each([4, 6])(
    'keeps what was added later and never bought after %i orders that emptied the cart',
    async (orders) => {
      const shopper = randomUUID();
      await cartCache.add(shopper, 'mug');
      const restore = await backUp(shopper);
      await pay(shopper);
      for (let more = 1; more < orders; more += 1) {
        await cartCache.add(shopper, 'mug');
        await pay(shopper);
      }
      await restore();
      await cartCache.add(shopper, 'mug', 3);
      expect(toLines(await pay(shopper))).toEqual([{ id: 'mug', quantity: 3 }]);
    },
  );

  it('keeps what was added before the backup and never bought', async () => {
    const shopper = randomUUID();
    await cartCache.add(shopper, 'mug');
    await cartCache.add(shopper, 'cap', 3);
    const restore = await backUp(shopper);
    await cartCache.remove(shopper, 'cap');
    for (let orders = 0; orders < 5; orders += 1) {
      await pay(shopper);
      await cartCache.add(shopper, 'mug');
    }
    await restore();
    expect(toLines(await pay(shopper))).toEqual([{ id: 'cap', quantity: 3 }]);
  });

  it('is not sold again when the sold item is out of stock', async () => {
    const shopper = randomUUID();
    const restore = await payInOneLife(shopper, 5, 1);
    await restore();
    await cartCache.add(shopper, 'cap');
    const price = { amount: 100, currency: 'EUR' };
    const findMany = (ids: readonly string[]) =>
      Promise.resolve(ids.map((id) => ({ id, name: id, price, available: id === 'mug' ? 0 : 9 })));
    const order = await placing({ ...store.parts, priceList: { findMany } })(shopper, approve);
    expect(toLines(order)).toEqual([{ id: 'cap', quantity: 1 }]);
  });

  it.each(Object.entries(crashes))('is not sold again when an attempt died %s', async (_step, crash) => {
    const shopper = randomUUID();
    const restore = await payInOneLife(shopper, 4, 1);
    await cartCache.clear(shopper);
    await cartCache.add(shopper, 'cap');
    await placing({ ...store.parts, ...crash(store.parts) })(shopper, approve).catch(() => undefined);
    await restore();
    await cartCache.add(shopper, 'cap');
    await pay(shopper);
    await pay(shopper).catch(() => undefined);
    expect(await getSold(shopper, 'mug')).toBe(4);
    expect(await getSold(shopper, 'cap')).toBeLessThanOrEqual(2);
  });

  it('is not merged into the cart of the user whom the guest turns out to be', async () => {
    const [guest, user] = [randomUUID(), randomUUID()];
    const restore = await payInOneLife(guest, 5, 1);
    await restore();
    await cartCache.add(guest, 'cap');
    const migrateGuest = createMigrateGuest(store.parts);
    while ((await migrateGuest(guest, user)).pending);
    await cartCache.merge(guest, user);
    expect(toLines(await pay(user))).toEqual([{ id: 'cap', quantity: 1 }]);
  });

  it('sells no line more often than it was added when Redis is restored to earlier moments repeatedly', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          act: fc.constant('add'),
          item: fc.constantFrom('mug', 'cap'),
          quantity: fc.integer({ min: 1, max: 3 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          act: fc.constantFrom('pay', 'payWhileAdding', 'remove', 'backUp'),
          item: fc.constantFrom('mug', 'cap'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('restore'), pick: fc.nat() }) },
    );
    const story = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40, size: 'max' }), async (steps) => {
      const shopper = randomUUID();
      const added: Record<string, number> = { mug: 0, cap: 0 };
      const backups: (() => Promise<void>)[] = [];
      const add = async (item: string, quantity: number) => {
        added[item] = (added[item] ?? 0) + quantity;
        await cartCache.add(shopper, item, quantity);
      };
      const payWhileAdding = (item: string) => placing(withPriceList(() => add(item, 1)))(shopper, approve);
      for (const { act, item = 'mug', quantity = 1, pick = 0 } of steps as {
        act: string;
        item?: string;
        quantity?: number;
        pick?: number;
      }[]) {
        if (act === 'add') await add(item, quantity);
        if (act === 'pay') await pay(shopper).catch(onlyEmptyCart);
        if (act === 'payWhileAdding') await payWhileAdding(item).catch(onlyEmptyCart);
        if (act === 'remove') await cartCache.remove(shopper, item).catch(() => undefined);
        if (act === 'backUp') backups.push(await backUp(shopper));
        if (act === 'restore') await backups[pick % backups.length]?.();
      }
      await pay(shopper).catch(onlyEmptyCart);
      for (const item of ['mug', 'cap']) expect(await getSold(shopper, item)).toBeLessThanOrEqual(added[item] ?? 0);
    });
    await fc.assert(story, { numRuns: scale(10, 200), seed: newSeed() });
  }, 120_000);
});

function onlyEmptyCart(error: unknown): void {
  if (!(error instanceof EmptyCartError)) throw error;
}
