import { InvalidCartInputError } from '../../cart-errors';
import { cartOperations } from '../cart-operations';
import { completed } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

const goodIds = [
  ...['auth0|5f7c8ec7c33c6c004bbafe82', 'brock@store.example', 'https://login.example/user?id=1#me', 'a b', ' '],
  ...['gid://shopify/ProductVariant/1', 'sku:1', '12/A', '__proto__', 'constructor', '#next', '-', '%', '%7D', '100%'],
  ...[
    '{',
    '}',
    '{}',
    '{x}',
    'x}_cart:lock',
    'a\r\nb',
    'a\nb',
    '\0',
    'a\0b',
    '\u2028',
    '\ufeff',
    '🦡',
    '日本',
    '*',
    ':',
  ],
  ...['\u00e9', 'e\u0301', 'x'.repeat(256), '🦡'.repeat(256), '}'.repeat(256), 'data', '0', '1e3'],
];
const badIds = ['', '\ud800', 'a\udc00b', '\ud83d', 'x'.repeat(257), '🦡'.repeat(257), null, undefined, 7, ['a'], {}];

export function describeIds(name: string, harness: CartsHarness): void {
  describe(`${name}: an id`, () => {
    it('of a line is any string of 1 to 256 characters, and no line is taken for another one', async () => {
      const cartId = newCartId();
      for (const [n, id] of goodIds.entries()) await harness.cache(0).add(cartId, id, n + 1, { data: id });
      const lines = goodIds.map((id, n) => ({ id, quantity: n + 1, data: id }));
      expect(await harness.cache(1).get(cartId)).toEqual(lines);
      await harness.cache(0).withCheckoutLock(cartId, async (lock) => {
        expect(lock.lines).toEqual(lines);
        await lock.release();
      });
      for (const id of goodIds) await harness.cache(0).remove(cartId, id);
      expect(await harness.cache(1).get(cartId)).toEqual([]);
    });

    it('of a cart is any string of 1 to 256 characters, and no cart is taken for another one', async () => {
      const room = newCartId();
      const cartIds = goodIds.map((id) => (id.length < 200 ? `${id}${room}` : id));
      for (const [n, cartId] of cartIds.entries()) await harness.cache(0).set(cartId, [{ id: 'a', quantity: n + 1 }]);
      for (const [n, cartId] of cartIds.entries()) {
        expect(await harness.cache(1).get(cartId)).toEqual([{ id: 'a', quantity: n + 1 }]);
      }
      for (const [n, cartId] of cartIds.entries()) {
        const order = await harness
          .cache(0)
          .checkout(cartId, async (lines) => ({ outcome: 'completed', result: lines }));
        expect(order).toMatchObject({ result: [{ id: 'a', quantity: n + 1 }] });
        await harness.cache(0).add(cartId, 'b');
        const { cart } = await harness.cache(0).merge(cartId, `${room}-${n}`);
        expect(cart.lines).toEqual([{ id: 'b', quantity: 1 }]);
        await harness.cache(0).delete(cartId);
      }
    });

    it.each(badIds)('of a cart is not %j: no call asks Redis about it', async (id) => {
      for (const call of Object.values(cartOperations)) {
        await expect(call(harness.cache(0), id as string, newCartId())).rejects.toBeInstanceOf(InvalidCartInputError);
      }
    });

    it.each(badIds)('of a line is not %j: no call asks Redis about it', async (id) => {
      const cache = harness.cache(0);
      const cartId = newCartId();
      const lineId = id as string;
      for (const call of [
        cache.add(cartId, lineId),
        cache.addQuantity(cartId, lineId),
        cache.setLine(cartId, lineId, { quantity: 1 }),
        cache.remove(cartId, lineId),
        cache.move(cartId, lineId, newCartId()),
        cache.set(cartId, [{ id: lineId, quantity: 1 }]),
        cache.checkout(cartId, completed, {
          openCheckout: { checkoutId: 'c', cartVersion: 'v', lines: [{ id: lineId, quantity: 1 }] },
        }),
      ]) {
        await expect(call).rejects.toBeInstanceOf(InvalidCartInputError);
      }
    });
  });
}
