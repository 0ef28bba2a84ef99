import { CartLimitError, InvalidCartInputError, ItemNotInCartError } from '../../cart-errors';
import { newCartId, type CartsHarness } from './harness';

export function describeLines(name: string, harness: CartsHarness): void {
  describe(`${name}: a cart`, () => {
    it('is empty before anything is added', async () => {
      expect(await harness.cache(0).get(newCartId())).toEqual([]);
    });

    it('puts an item that was removed and added again at the end', async () => {
      const cache = harness.cache(0);
      const token = newCartId();
      await cache.add(token, 'a');
      await cache.add(token, 'b', 2);
      await cache.remove(token, 'a');
      expect((await cache.add(token, 'a', 3)).lines).toEqual([
        { id: 'b', quantity: 2 },
        { id: 'a', quantity: 3 },
      ]);
    });

    it('loses none of many concurrent adds from several clients', async () => {
      const token = newCartId();
      await Promise.all(Array.from({ length: 600 }, (_, n) => harness.cache(n).add(token, `item-${n % 3}`)));
      const cart = await harness.cache(1).get(token);
      expect(cart.map(({ quantity }) => quantity)).toEqual([200, 200, 200]);
    });

    it('says when an item to change or remove is not in it', async () => {
      await expect(harness.cache(0).remove(newCartId(), 'a')).rejects.toBeInstanceOf(ItemNotInCartError);
      await expect(harness.cache(0).setLine(newCartId(), 'a', { quantity: 2 })).rejects.toBeInstanceOf(
        ItemNotInCartError,
      );
    });

    it('refuses to go over a limit and changes nothing', async () => {
      const cache = harness.cache(0, { maxLines: 2 });
      const token = newCartId();
      await cache.add(token, 'a', 998);
      await cache.add(token, 'b');
      const before = await cache.get(token);
      await expect(cache.add(token, 'a', 2)).rejects.toMatchObject({ code: 'TOO_MANY_OF_ITEM', limit: 999 });
      await expect(cache.add(token, 'c')).rejects.toMatchObject({ code: 'TOO_MANY_LINES', limit: 2 });
      await expect(cache.setLine(token, 'b', { quantity: 1000 })).rejects.toBeInstanceOf(CartLimitError);
      await expect(
        cache.set(
          token,
          ['x', 'y', 'z'].map((id) => ({ id, quantity: 1 })),
        ),
      ).rejects.toBeInstanceOf(CartLimitError);
      expect(await cache.get(token)).toEqual(before);
    });

    it('is replaced by set, in the given order, and emptied by clear', async () => {
      const cache = harness.cache(0);
      const token = newCartId();
      await cache.add(token, 'old');
      const lines = [
        { id: 'z', quantity: 1 },
        { id: 'a', quantity: 9 },
      ];
      await cache.set(token, lines);
      expect(await cache.get(token)).toEqual(lines);
      expect((await cache.add(token, 'next')).lines.at(-1)).toEqual({ id: 'next', quantity: 1 });
      await cache.clear(token);
      expect(await cache.get(token)).toEqual([]);
    });

    it.each([0, -1, 1.5, NaN, Infinity, '2', null])('refuses a quantity of %p', async (quantity) => {
      await expect(harness.cache(0).add(newCartId(), 'a', quantity as number)).rejects.toBeInstanceOf(
        InvalidCartInputError,
      );
    });
  });
}
