import { CartVersionConflictError, CheckoutInProgressError, InvalidCartInputError } from '../../cart-errors';
import type { CheckoutRecord } from '../../carts';
import { orderInProgress } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

const cyclic: unknown[] = [];
cyclic.push(cyclic);

export function describeCartData(name: string, harness: CartsHarness): void {
  describe(`${name}: data of a line`, () => {
    it('is written by add, setLine, set and update, and returned by every call', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      const red = { color: 'red', lines: ['To Brock\n', 'a:b "c" 🦡'], price: { amount: 1450 } };
      expect((await cache.add(cartId, 'a', 1, { data: red })).lines).toEqual([{ id: 'a', quantity: 1, data: red }]);
      expect((await cache.add(cartId, 'a')).lines).toEqual([{ id: 'a', quantity: 2, data: red }]);
      expect((await cache.setLine(cartId, 'a', { quantity: 3 })).lines).toEqual([{ id: 'a', quantity: 3, data: red }]);
      expect((await cache.setLine(cartId, 'a', { data: 1 })).lines).toEqual([{ id: 'a', quantity: 3, data: 1 }]);
      expect((await cache.add(cartId, 'a', 1, { data: null })).lines).toEqual([{ id: 'a', quantity: 4 }]);
      await cache.set(cartId, [{ id: 'b', quantity: 1, data: false }]);
      expect(await harness.cache(1).get(cartId)).toEqual([{ id: 'b', quantity: 1, data: false }]);
    });

    it('is in the snapshot of a checkout, and in the snapshot that is resumed from a record', async () => {
      const cartId = newCartId();
      const lines = [{ id: 'a', quantity: 2, data: { size: 'L' } }];
      await harness.cache(0).set(cartId, lines);
      const first = orderInProgress(harness.cache(0), cartId);
      const { checkoutId, cartVersion, lines: snapshot } = await first.started;
      expect(snapshot).toEqual(lines);
      first.fail();
      await first.outcome;
      const record: CheckoutRecord = { checkoutId, cartVersion, lines: snapshot };
      const second = orderInProgress(harness.cache(1), cartId, record);
      expect(await second.started).toMatchObject({ lines, resumed: true });
      await harness.cache(0).add(cartId, 'a', 1, { data: { size: 'M' } });
      second.complete();
      await second.outcome;
      expect(await harness.cache(0).get(cartId)).toEqual([{ id: 'a', quantity: 1, data: { size: 'M' } }]);
    });

    it('is JSON of a bounded size', async () => {
      const cache = harness.cache(0, { maxDataBytes: 10 });
      for (const data of [() => 1, Symbol('a'), 1n, cyclic]) {
        await expect(cache.add(newCartId(), 'a', 1, { data })).rejects.toBeInstanceOf(InvalidCartInputError);
      }
      expect((await cache.add(newCartId(), 'a', 1, { data: '12345678' })).lines).toHaveLength(1);
      for (const call of [
        cache.add(newCartId(), 'a', 1, { data: '123456789' }),
        cache.update(newCartId(), { data: 'ééééé' }),
        cache.set(newCartId(), [{ id: 'a', quantity: 1, data: '123456789' }]),
      ]) {
        await expect(call).rejects.toMatchObject({ code: 'DATA_TOO_LARGE', limit: 10 });
      }
    });
  });

  describe(`${name}: data of a cart`, () => {
    it('is kept with the lines, without them, and after a checkout, until it is removed', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      const data = { currency: 'EUR', note: 'a:b\nc' };
      await cache.update(cartId, { data });
      await cache.add(cartId, 'a');
      expect(await harness.cache(1).getCart(cartId)).toMatchObject({ data, lines: [{ id: 'a', quantity: 1 }] });
      await cache.checkout(cartId, async () => ({ outcome: 'completed', result: 1 }));
      expect(await harness.cache(1).getCart(cartId)).toMatchObject({ data, lines: [] });
      expect((await cache.update(cartId, { lines: [{ id: 'b', quantity: 2 }] })).data).toEqual(data);
      await cache.clear(cartId);
      expect((await cache.getCart(cartId)).data).toEqual(data);
      expect(await cache.update(cartId, { data: null })).toEqual({ lines: [], version: '0' });
    });

    it('lets no record of before the cart was emptied remove anything', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      await cache.update(cartId, { data: 'note', lines: [{ id: 'a', quantity: 2 }] });
      const order = orderInProgress(cache, cartId);
      const { checkoutId, cartVersion, lines } = await order.started;
      order.reject('declined');
      await order.outcome;
      await cache.clear(cartId);
      await cache.add(cartId, 'a', 7);
      await cache.completeCheckout(cartId, { checkoutId, cartVersion, lines });
      expect(await cache.get(cartId)).toEqual([{ id: 'a', quantity: 7 }]);
    });
  });

  describe(`${name}: the version of a cart`, () => {
    it('changes with every change, does not come back, and stays when nothing changes', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      const other = newCartId();
      const changes: (() => Promise<unknown>)[] = [
        () => cache.add(cartId, 'a'),
        () => cache.add(cartId, 'a'),
        () => cache.addQuantity(cartId, 'b', 2),
        () => cache.setLine(cartId, 'a', { quantity: 1 }),
        () => cache.setLine(cartId, 'a', { data: 'x' }),
        () => cache.remove(cartId, 'b'),
        () => cache.set(cartId, [{ id: 'a', quantity: 1 }]),
        () => cache.update(cartId, { data: 1 }),
        () => cache.add(other, 'o').then(() => cache.merge(other, cartId)),
        () => cache.move(cartId, 'o', other),
        () => cache.move(other, 'o', cartId),
        () => cache.checkout(cartId, () => cache.add(cartId, 'c').then(() => ({ outcome: 'completed', result: 1 }))),
        () => cache.delete(cartId).then(() => cache.add(cartId, 'a')),
        () => cache.clear(cartId).then(() => cache.add(cartId, 'a')),
      ];
      const versions = new Set<string>();
      for (const [n, change] of changes.entries()) {
        await change();
        const { version } = await harness.cache(1).getCart(cartId);
        versions.add(version);
        expect(versions.size).toBe(n + 1);
        await cache.checkout(cartId, async () => ({ outcome: 'rejected', reason: 'declined' }));
        await expect(cache.remove(cartId, 'missing')).rejects.toThrow();
        expect((await cache.getCart(cartId)).version).toBe(version);
      }
    });

    it('that a change expects and the cart does not have makes every change a conflict without effect', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      const { version: ifVersion } = await cache.add(cartId, 'a');
      const before = await cache.add(cartId, 'a');
      for (const change of [
        cache.add(cartId, 'a', 1, { ifVersion }),
        cache.addQuantity(cartId, 'b', 1, { ifVersion: '0' }),
        cache.setLine(cartId, 'a', { quantity: 9 }, { ifVersion }),
        cache.remove(cartId, 'a', { ifVersion }),
        cache.set(cartId, [], { ifVersion }),
        cache.clear(cartId, { ifVersion }),
        cache.update(cartId, { data: 1 }, { ifVersion }),
      ]) {
        await expect(change).rejects.toBeInstanceOf(CartVersionConflictError);
      }
      expect(await cache.getCart(cartId)).toEqual(before);
      const after = await cache.update(cartId, { data: 1 }, { ifVersion: before.version });
      expect(after).toEqual({ lines: before.lines, data: 1, version: expect.any(String) });
      await expect(cache.add(newCartId(), 'a', 1, { ifVersion })).rejects.toBeInstanceOf(CartVersionConflictError);
      expect((await cache.add(newCartId(), 'a', 1, { ifVersion: '0' })).lines).toHaveLength(1);
    });

    it('lets exactly one of many clients that change the same version succeed', async () => {
      const cartId = newCartId();
      const { version: ifVersion } = await harness.cache(0).add(cartId, 'a');
      const all = await Promise.allSettled(
        Array.from({ length: 30 }, (_, n) => harness.cache(n).update(cartId, { data: n }, { ifVersion })),
      );
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it.each(['', '*', 'a b.1', 'x'.repeat(201), 7, null])('is not %j', async (ifVersion) => {
      const add = harness.cache(0).add(newCartId(), 'a', 1, { ifVersion: ifVersion as string });
      await expect(add).rejects.toBeInstanceOf(InvalidCartInputError);
    });
  });

  describe(`${name}: delete`, () => {
    it('leaves nothing of a cart, but refuses while a checkout is open', async () => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      await cache.add(cartId, 'a', 1, { idempotencyKey: 'once' });
      await cache.update(cartId, { data: 1 });
      const order = orderInProgress(cache, cartId);
      await order.started;
      await expect(harness.cache(1).delete(cartId)).rejects.toBeInstanceOf(CheckoutInProgressError);
      expect(await cache.get(cartId)).toHaveLength(1);
      order.reject('declined');
      await order.outcome;
      await harness.cache(1).delete(cartId);
      expect(await cache.getCart(cartId)).toEqual({ lines: [], version: '0' });
      expect((await cache.add(cartId, 'b', 5, { idempotencyKey: 'once' })).lines).toEqual([{ id: 'b', quantity: 5 }]);
      await harness.cache(1).delete(newCartId());
    });
  });
}
