import { CartLimitError, IdempotencyKeyReusedError, InvalidCartInputError } from '../../cart-errors';
import { newCartId, type CartsHarness } from './harness';

export function describeAdds(name: string, harness: CartsHarness): void {
  describe(`${name}: an add`, () => {
    it('can return the new quantity of the line alone', async () => {
      const token = newCartId();
      await harness.cache(0).add(token, 'other');
      expect(await harness.cache(0).addQuantity(token, 'a', 2)).toBe(2);
      expect(await harness.cache(1).addQuantity(token, 'a')).toBe(3);
      await expect(harness.cache(0).addQuantity(token, 'a', 997)).rejects.toBeInstanceOf(CartLimitError);
    });

    it('with an idempotency key counts once when it is repeated by any service', async () => {
      const token = newCartId();
      const repeats = await Promise.all(
        Array.from({ length: 20 }, (_, n) => harness.cache(n).add(token, 'a', 2, { idempotencyKey: 'click-1' })),
      );
      expect(repeats.every(({ lines: [line] }) => line?.quantity === 2)).toBe(true);
      expect(await harness.cache(0).addQuantity(token, 'a', 2, { idempotencyKey: 'click-2' })).toBe(4);
      expect(await harness.cache(0).addQuantity(token, 'a', 2, { idempotencyKey: 'click-1' })).toBe(4);
    });

    it('is refused when its idempotency key was used for another add to this cart, but not to another cart', async () => {
      const [token, other] = [newCartId(), newCartId()];
      await harness.cache(0).add(token, 'a', 1, { idempotencyKey: 'x' });
      await expect(harness.cache(0).add(token, 'a', 2, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(
        IdempotencyKeyReusedError,
      );
      await expect(harness.cache(0).add(token, 'b', 1, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(
        IdempotencyKeyReusedError,
      );
      expect((await harness.cache(0).add(other, 'b', 1, { idempotencyKey: 'x' })).lines).toEqual([
        { id: 'b', quantity: 1 },
      ]);
    });

    it('that failed is not remembered', async () => {
      const cache = harness.cache(0, { maxQuantity: 3 });
      const token = newCartId();
      await cache.add(token, 'a', 3);
      await expect(cache.add(token, 'a', 1, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(CartLimitError);
      await cache.setLine(token, 'a', { quantity: 1 });
      expect((await cache.add(token, 'a', 1, { idempotencyKey: 'x' })).lines).toEqual([{ id: 'a', quantity: 2 }]);
    });

    it('remembers a bounded number of operation ids', async () => {
      const cache = harness.cache(0, { maxQuantity: 5000 });
      const token = newCartId();
      await Promise.all(
        Array.from({ length: 1000 }, (_, n) => cache.addQuantity(token, 'a', 1, { idempotencyKey: `op-${n}` })),
      );
      const more = cache.addQuantity(token, 'a', 1, { idempotencyKey: 'one-too-many' });
      await expect(more).rejects.toMatchObject({ code: 'TOO_MANY_IDEMPOTENCY_KEYS' });
      expect(await cache.addQuantity(token, 'a', 1, { idempotencyKey: 'op-0' })).toBe(1000);
      expect(await cache.addQuantity(token, 'a')).toBe(1001);
    });

    it.each(['', ' ', 'a b', 'é', 'x'.repeat(65), 7])('refuses the idempotency key %j', async (idempotencyKey) => {
      const add = harness.cache(0).add(newCartId(), 'a', 1, { idempotencyKey: idempotencyKey as string });
      await expect(add).rejects.toBeInstanceOf(InvalidCartInputError);
    });

    it('is another add under the same idempotency key when its data is different', async () => {
      const cartId = newCartId();
      await harness.cache(0).add(cartId, 'a', 1, { idempotencyKey: 'x', data: { color: 'red' } });
      const same = await harness.cache(0).add(cartId, 'a', 1, { idempotencyKey: 'x', data: { color: 'red' } });
      expect(same.lines).toEqual([{ id: 'a', quantity: 1, data: { color: 'red' } }]);
      const other = harness.cache(0).add(cartId, 'a', 1, { idempotencyKey: 'x', data: { color: 'blue' } });
      await expect(other).rejects.toBeInstanceOf(IdempotencyKeyReusedError);
    });
  });
}
