import { IdempotencyKeyReusedError } from '../../cart-errors';
import type { CartLine } from '../../carts';
import { orderInProgress } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

export function describeMerges(name: string, harness: CartsHarness): void {
  describe(`${name}: a merge`, () => {
    const guestAndUser = async () => {
      const [guest, user] = [newCartId(), newCartId()];
      await harness.cache(0).set(guest, [
        { id: 'a', quantity: 2 },
        { id: 'b', quantity: 3 },
      ]);
      await harness.cache(0).set(user, [
        { id: 'c', quantity: 1 },
        { id: 'a', quantity: 5 },
      ]);
      return [guest, user] as const;
    };
    const lines = (lines: readonly CartLine[]) => lines.map(({ id, quantity }) => `${id}${quantity}`).join(' ');

    it.each([
      ['sum', 'c1 a7 b3'],
      ['max', 'c1 a5 b3'],
      ['replace', 'a2 b3'],
    ] as const)('by the rule %s makes one cart of two and leaves the source empty', async (rule, expected) => {
      const [guest, user] = await guestAndUser();
      const { cart, clamped } = await harness.cache(1).merge(guest, user, { rule });
      expect([lines(cart.lines), clamped]).toEqual([expected, []]);
      expect(lines(await harness.cache(2).get(user))).toBe(expected);
      expect(await harness.cache(2).get(guest)).toEqual([]);
    });

    it('adds nothing when it is repeated, also many times at once', async () => {
      const [guest, user] = await guestAndUser();
      await Promise.all(Array.from({ length: 20 }, (_, n) => harness.cache(n).merge(guest, user)));
      await harness.cache(0).merge(guest, user);
      expect(lines(await harness.cache(0).get(user))).toBe('c1 a7 b3');
    });

    it('loses no add to either cart while it runs', async () => {
      const [guest, user] = [newCartId(), newCartId()];
      const adds = Array.from({ length: 60 }, (_, n) => harness.cache(n).add(n % 2 ? guest : user, 'a'));
      const merges = Array.from({ length: 10 }, (_, n) => harness.cache(n).merge(guest, user));
      await Promise.all([...adds, ...merges]);
      await harness.cache(0).merge(guest, user);
      expect(lines(await harness.cache(0).get(user))).toBe('a60');
    });

    it('into itself, or of an empty cart, changes nothing', async () => {
      const [guest, user] = await guestAndUser();
      expect(lines((await harness.cache(0).merge(guest, guest)).cart.lines)).toBe('a2 b3');
      expect(lines((await harness.cache(0).merge(newCartId(), user)).cart.lines)).toBe('c1 a5');
    });

    it('clamps at the limits and says what it clamped', async () => {
      const [guest, user] = await guestAndUser();
      const { cart, clamped } = await harness.cache(0, { maxLines: 2, maxQuantity: 6 }).merge(guest, user);
      expect(lines(cart.lines)).toBe('c1 a6');
      expect(clamped).toEqual([
        { id: 'a', requested: 7, quantity: 6 },
        { id: 'b', requested: 3, quantity: 0 },
      ]);
    });

    it('that could not record what it clamped says it again, and adds nothing more', async () => {
      const [guest, user] = await guestAndUser();
      const limited = harness.cache(0, { maxQuantity: 6 });
      const onClamped = jest.fn<Promise<void>, [unknown]>().mockRejectedValueOnce(new Error('not recorded'));
      await expect(limited.merge(guest, user, { onClamped })).rejects.toThrow('not recorded');
      await limited.merge(guest, user, { onClamped });
      await limited.merge(guest, user, { onClamped });
      const recorded = onClamped.mock.calls.map(([merge]) => merge);
      expect(recorded).toEqual([
        { mergeId: expect.any(String), toCart: user, lines: [{ id: 'a', requested: 7, quantity: 6 }] },
        recorded[0],
      ]);
      expect(lines(await harness.cache(0).get(user))).toBe('c1 a6 b3');
    });

    it('lets an add that is repeated in the other cart add nothing, also when its line is gone', async () => {
      const [guest, user] = [newCartId(), newCartId()];
      const cache = harness.cache(0);
      await cache.add(guest, 'a', 2, { idempotencyKey: 'one' });
      await cache.add(guest, 'b', 1, { idempotencyKey: 'two' });
      await cache.merge(guest, user);
      await cache.add(guest, 'c', 1, { idempotencyKey: 'three' });
      await cache.remove(guest, 'c');
      await cache.merge(guest, user);
      await cache.add(user, 'a', 2, { idempotencyKey: 'one' });
      await cache.add(user, 'c', 1, { idempotencyKey: 'three' });
      await cache.add(guest, 'b', 1, { idempotencyKey: 'two' });
      expect(lines(await cache.get(user))).toBe('a2 b1');
      expect(await cache.get(guest)).toEqual([]);
      await expect(cache.add(user, 'a', 3, { idempotencyKey: 'one' })).rejects.toBeInstanceOf(
        IdempotencyKeyReusedError,
      );
    });

    it('keeps the add of the target for an idempotency key that both carts have', async () => {
      const [guest, user] = [newCartId(), newCartId()];
      const cache = harness.cache(0);
      await cache.add(guest, 'a', 2, { idempotencyKey: 'one' });
      await cache.add(user, 'b', 3, { idempotencyKey: 'one' });
      await cache.merge(guest, user);
      await cache.add(user, 'b', 3, { idempotencyKey: 'one' });
      expect(lines(await cache.get(user))).toBe('b3 a2');
    });

    it('leaves in the source the lines that an open checkout has locked', async () => {
      const [guest, user] = await guestAndUser();
      const order = orderInProgress(harness.cache(0), guest);
      await order.started;
      await harness.cache(0).add(guest, 'a', 4);
      await harness.cache(0).merge(guest, user);
      expect(lines(await harness.cache(0).get(user))).toBe('c1 a9');
      expect(lines(await harness.cache(0).get(guest))).toBe('a2 b3');
      order.complete();
      await order.outcome;
      expect(await harness.cache(0).get(guest)).toEqual([]);
    });

    it('keeps the data that the target has, and brings what it lacks', async () => {
      const [guest, user] = [newCartId(), newCartId()];
      const cache = harness.cache(0);
      await cache.update(guest, {
        data: { note: 'guest' },
        lines: [
          { id: 'a', quantity: 1, data: 'of the guest' },
          { id: 'b', quantity: 1, data: 'of the guest' },
        ],
      });
      await cache.add(user, 'a', 1, { data: 'of the user' });
      const { cart } = await cache.merge(guest, user);
      expect(cart).toMatchObject({
        data: { note: 'guest' },
        lines: [
          { id: 'a', quantity: 2, data: 'of the user' },
          { id: 'b', quantity: 1, data: 'of the guest' },
        ],
      });
      expect(await harness.cache(1).getCart(guest)).toEqual({ lines: [], version: '0' });
    });
  });
}
