import { orderInProgress } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

export function describeMoves(name: string, harness: CartsHarness): void {
  describe(`${name}: a move`, () => {
    it('takes one line, with its data, into another cart and leaves the others', async () => {
      const [user, wishlist] = [newCartId(), newCartId()];
      const cache = harness.cache(0);
      await cache.add(user, 'a', 2, { data: { color: 'red' } });
      await cache.add(user, 'b', 3);
      const { cart, clamped } = await cache.move(user, 'a', wishlist);
      expect([cart.lines, clamped]).toEqual([[{ id: 'a', quantity: 2, data: { color: 'red' } }], []]);
      expect(await harness.cache(1).get(user)).toEqual([{ id: 'b', quantity: 3 }]);
      expect((await harness.cache(1).move(wishlist, 'a', user)).cart.lines).toEqual([
        { id: 'b', quantity: 3 },
        { id: 'a', quantity: 2, data: { color: 'red' } },
      ]);
    });

    it('loses and doubles nothing when it is repeated, also many times at once and back and forth', async () => {
      const [user, wishlist] = [newCartId(), newCartId()];
      await harness.cache(0).add(user, 'a', 5);
      await Promise.all(Array.from({ length: 20 }, (_, n) => harness.cache(n).move(user, 'a', wishlist)));
      expect(await harness.cache(0).get(wishlist)).toEqual([{ id: 'a', quantity: 5 }]);
      const both = Array.from({ length: 20 }, (_, n) =>
        n % 2 ? harness.cache(n).move(user, 'a', wishlist) : harness.cache(n).move(wishlist, 'a', user),
      );
      await Promise.all(both);
      await Promise.all([harness.cache(0).move(user, 'a', wishlist)]);
      expect(await harness.cache(0).get(wishlist)).toEqual([{ id: 'a', quantity: 5 }]);
      expect(await harness.cache(0).get(user)).toEqual([]);
    });

    it('leaves what the other cart has no room for', async () => {
      const [user, wishlist] = [newCartId(), newCartId()];
      const cache = harness.cache(0, { maxQuantity: 5, maxLines: 1 });
      await cache.add(user, 'a', 4, { data: 'red' });
      await harness.cache(0).add(user, 'b', 2);
      await cache.add(wishlist, 'a', 3);
      const { cart, clamped } = await cache.move(user, 'a', wishlist);
      expect(cart.lines).toEqual([{ id: 'a', quantity: 5, data: 'red' }]);
      expect(clamped).toEqual([{ id: 'a', requested: 7, quantity: 5 }]);
      expect((await cache.move(user, 'b', wishlist)).cart.lines).toHaveLength(1);
      expect(await cache.get(user)).toEqual([
        { id: 'a', quantity: 2, data: 'red' },
        { id: 'b', quantity: 2 },
      ]);
    });

    it('leaves what an open checkout locks', async () => {
      const [user, wishlist] = [newCartId(), newCartId()];
      await harness.cache(0).add(user, 'a', 2);
      const order = orderInProgress(harness.cache(0), user);
      await order.started;
      await harness.cache(0).add(user, 'a', 3);
      expect((await harness.cache(1).move(user, 'a', wishlist)).cart.lines).toEqual([{ id: 'a', quantity: 3 }]);
      order.complete();
      await order.outcome;
      expect(await harness.cache(0).get(user)).toEqual([]);
    });

    it('of a line that is not there, or into the same cart, changes nothing', async () => {
      const user = newCartId();
      const { lines } = await harness.cache(0).add(user, 'a');
      expect((await harness.cache(0).move(user, 'a', user)).cart.lines).toEqual(lines);
      expect((await harness.cache(0).move(user, 'b', newCartId())).cart.lines).toEqual([]);
      expect(await harness.cache(0).get(user)).toEqual(lines);
    });
  });
}
