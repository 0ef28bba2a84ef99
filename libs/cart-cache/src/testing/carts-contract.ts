import { randomUUID } from 'node:crypto';
import type { Carts, CartLine, CheckoutOptions, CheckoutRecord, ProcessOrder } from '../carts';
import {
  CartLimitError,
  CheckoutInProgressError,
  EmptyCartError,
  InvalidCartInputError,
  ItemNotInCartError,
  IdempotencyKeyReusedError,
} from '../cart-errors';
import { cartOperations } from './cart-operations';
import { completed, orderInProgress } from './order-in-progress';

export interface CartsHarness {
  /** A cache with these settings; caches of different `n` are different clients of the same carts. */
  cache(
    n: number,
    options?: { readonly checkoutLeaseSeconds?: number; readonly maxLines?: number; readonly maxQuantity?: number },
  ): Carts;
}

const newToken = () => randomUUID();
const total = (lines: readonly CartLine[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** Every promise of `Carts` that does not depend on where carts are kept, as tests for Jest's globals. */
export function describeCarts(name: string, harness: CartsHarness): void {
  describe(`${name}: a cart`, () => {
    it('is empty before anything is added', async () => {
      expect(await harness.cache(0).get(newToken())).toEqual([]);
    });

    it('puts an item that was removed and added again at the end', async () => {
      const cache = harness.cache(0);
      const token = newToken();
      await cache.add(token, 'a');
      await cache.add(token, 'b', 2);
      await cache.remove(token, 'a');
      expect(await cache.add(token, 'a', 3)).toEqual([
        { id: 'b', quantity: 2 },
        { id: 'a', quantity: 3 },
      ]);
    });

    it('loses none of many concurrent adds from several clients', async () => {
      const token = newToken();
      await Promise.all(Array.from({ length: 600 }, (_, n) => harness.cache(n).add(token, `item-${n % 3}`)));
      const cart = await harness.cache(1).get(token);
      expect(cart.map(({ quantity }) => quantity)).toEqual([200, 200, 200]);
    });

    it('says when an item to change or remove is not in it', async () => {
      await expect(harness.cache(0).remove(newToken(), 'a')).rejects.toBeInstanceOf(ItemNotInCartError);
      await expect(harness.cache(0).setLine(newToken(), 'a', { quantity: 2 })).rejects.toBeInstanceOf(
        ItemNotInCartError,
      );
    });

    it('refuses to go over a limit and changes nothing', async () => {
      const cache = harness.cache(0, { maxLines: 2 });
      const token = newToken();
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
      const token = newToken();
      await cache.add(token, 'old');
      const lines = [
        { id: 'z', quantity: 1 },
        { id: 'a', quantity: 9 },
      ];
      await cache.set(token, lines);
      expect(await cache.get(token)).toEqual(lines);
      expect((await cache.add(token, 'next')).at(-1)).toEqual({ id: 'next', quantity: 1 });
      await cache.clear(token);
      expect(await cache.get(token)).toEqual([]);
    });

    it.each(['', 'a b', '{x}', '../x', 'é', 'a\r\nb', 'a\0', '*', 'x'.repeat(129), null, 7, ['a']])(
      'never asks Redis about the token %j, in no operation',
      async (token) => {
        for (const call of Object.values(cartOperations)) {
          await expect(call(harness.cache(0), token as string, newToken())).rejects.toBeInstanceOf(
            InvalidCartInputError,
          );
        }
      },
    );

    it.each(['', '#next', '__proto__', '-a', 'a b', 'a\n', 'x'.repeat(65), null, {}])(
      'never asks Redis about the item %j',
      async (id) => {
        await expect(harness.cache(0).add(newToken(), id as string)).rejects.toBeInstanceOf(InvalidCartInputError);
      },
    );

    it.each([0, -1, 1.5, NaN, Infinity, '2', null])('refuses a quantity of %p', async (quantity) => {
      await expect(harness.cache(0).add(newToken(), 'a', quantity as number)).rejects.toBeInstanceOf(
        InvalidCartInputError,
      );
    });

    it.each(['', ' ', 'a b', 'é', 'x'.repeat(65), 7])('never takes %j for an operation id', async (idempotencyKey) => {
      const add = harness.cache(0).add(newToken(), 'a', 1, { idempotencyKey: idempotencyKey as string });
      await expect(add).rejects.toBeInstanceOf(InvalidCartInputError);
    });
  });

  describe(`${name}: an add`, () => {
    it('can answer the new quantity of the line alone', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'other');
      expect(await harness.cache(0).addQuantity(token, 'a', 2)).toBe(2);
      expect(await harness.cache(1).addQuantity(token, 'a')).toBe(3);
      await expect(harness.cache(0).addQuantity(token, 'a', 997)).rejects.toBeInstanceOf(CartLimitError);
    });

    it('with an operation id counts once, however often and wherever it is repeated', async () => {
      const token = newToken();
      const repeats = await Promise.all(
        Array.from({ length: 20 }, (_, n) => harness.cache(n).add(token, 'a', 2, { idempotencyKey: 'click-1' })),
      );
      expect(repeats.every(([line]) => line?.quantity === 2)).toBe(true);
      expect(await harness.cache(0).addQuantity(token, 'a', 2, { idempotencyKey: 'click-2' })).toBe(4);
      expect(await harness.cache(0).addQuantity(token, 'a', 2, { idempotencyKey: 'click-1' })).toBe(4);
    });

    it('is refused when its operation id stands for another one, or another user uses it freely', async () => {
      const [token, other] = [newToken(), newToken()];
      await harness.cache(0).add(token, 'a', 1, { idempotencyKey: 'x' });
      await expect(harness.cache(0).add(token, 'a', 2, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(
        IdempotencyKeyReusedError,
      );
      await expect(harness.cache(0).add(token, 'b', 1, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(
        IdempotencyKeyReusedError,
      );
      expect(await harness.cache(0).add(other, 'b', 1, { idempotencyKey: 'x' })).toEqual([{ id: 'b', quantity: 1 }]);
    });

    it('that failed is not remembered', async () => {
      const cache = harness.cache(0, { maxQuantity: 3 });
      const token = newToken();
      await cache.add(token, 'a', 3);
      await expect(cache.add(token, 'a', 1, { idempotencyKey: 'x' })).rejects.toBeInstanceOf(CartLimitError);
      await cache.setLine(token, 'a', { quantity: 1 });
      expect(await cache.add(token, 'a', 1, { idempotencyKey: 'x' })).toEqual([{ id: 'a', quantity: 2 }]);
    });

    it('remembers a bounded number of operation ids', async () => {
      const cache = harness.cache(0, { maxQuantity: 5000 });
      const token = newToken();
      await Promise.all(
        Array.from({ length: 1000 }, (_, n) => cache.addQuantity(token, 'a', 1, { idempotencyKey: `op-${n}` })),
      );
      const more = cache.addQuantity(token, 'a', 1, { idempotencyKey: 'one-too-many' });
      await expect(more).rejects.toMatchObject({ code: 'TOO_MANY_IDEMPOTENCY_KEYS' });
      expect(await cache.addQuantity(token, 'a', 1, { idempotencyKey: 'op-0' })).toBe(1000);
      expect(await cache.addQuantity(token, 'a')).toBe(1001);
    });
  });

  describe(`${name}: a merge`, () => {
    const guestAndUser = async () => {
      const [guest, user] = [newToken(), newToken()];
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
      expect([lines(cart), clamped]).toEqual([expected, []]);
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
      const [guest, user] = [newToken(), newToken()];
      const adds = Array.from({ length: 60 }, (_, n) => harness.cache(n).add(n % 2 ? guest : user, 'a'));
      const merges = Array.from({ length: 10 }, (_, n) => harness.cache(n).merge(guest, user));
      await Promise.all([...adds, ...merges]);
      await harness.cache(0).merge(guest, user);
      expect(lines(await harness.cache(0).get(user))).toBe('a60');
    });

    it('into itself, or of an empty cart, changes nothing', async () => {
      const [guest, user] = await guestAndUser();
      expect(lines((await harness.cache(0).merge(guest, guest)).cart)).toBe('a2 b3');
      expect(lines((await harness.cache(0).merge(newToken(), user)).cart)).toBe('c1 a5');
    });

    it('clamps at the limits and says what it clamped', async () => {
      const [guest, user] = await guestAndUser();
      const { cart, clamped } = await harness.cache(0, { maxLines: 2, maxQuantity: 6 }).merge(guest, user);
      expect(lines(cart)).toBe('c1 a6');
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
      const [guest, user] = [newToken(), newToken()];
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

    it('leaves an operation id of both carts to what it stands for in the one that was merged into', async () => {
      const [guest, user] = [newToken(), newToken()];
      const cache = harness.cache(0);
      await cache.add(guest, 'a', 2, { idempotencyKey: 'one' });
      await cache.add(user, 'b', 3, { idempotencyKey: 'one' });
      await cache.merge(guest, user);
      await cache.add(user, 'b', 3, { idempotencyKey: 'one' });
      expect(lines(await cache.get(user))).toBe('b3 a2');
    });

    it('leaves in the source what an open checkout has claimed of it', async () => {
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
  });

  describe(`${name}: a checkout`, () => {
    it('takes exactly the snapshot off the cart: what was added meanwhile stays', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      await harness.cache(0).add(token, 'b', 1);
      const order = orderInProgress(harness.cache(0), token);
      const { lines } = await order.started;
      expect(lines).toEqual([
        { id: 'a', quantity: 2 },
        { id: 'b', quantity: 1 },
      ]);
      await harness.cache(1).add(token, 'a', 3);
      await harness.cache(2).add(token, 'c', 1);
      order.complete();
      expect(await order.outcome).toEqual({ outcome: 'completed', result: 'done' });
      expect(await harness.cache(1).get(token)).toEqual([
        { id: 'a', quantity: 3 },
        { id: 'c', quantity: 1 },
      ]);
    });

    it('never eats an item that was removed and added again meanwhile', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      await harness.cache(0).add(token, 'b', 5);
      const order = orderInProgress(harness.cache(0), token);
      await order.started;
      await harness.cache(1).remove(token, 'a');
      await harness.cache(1).add(token, 'a', 1);
      await harness.cache(1).setLine(token, 'b', { quantity: 3 });
      await harness.cache(1).add(token, 'b', 4);
      order.complete();
      await order.outcome;
      expect(await harness.cache(1).get(token)).toEqual([
        { id: 'b', quantity: 4 },
        { id: 'a', quantity: 1 },
      ]);
    });

    it('leaves a cart that was replaced or cleared meanwhile as it then is', async () => {
      const token = newToken();
      await harness.cache(0).set(token, [{ id: 'a', quantity: 4 }]);
      const first = orderInProgress(harness.cache(0), token);
      await first.started;
      await harness.cache(1).clear(token);
      await harness.cache(1).add(token, 'a', 7);
      first.complete();
      await first.outcome;
      expect(await harness.cache(1).get(token)).toEqual([{ id: 'a', quantity: 7 }]);
    });

    it('of an empty cart says so', async () => {
      await expect(harness.cache(0).checkout(newToken(), completed)).rejects.toBeInstanceOf(EmptyCartError);
    });

    it('runs once at a time; a second one is told at once', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a');
      const first = orderInProgress(harness.cache(0), token);
      await first.started;
      const others = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => harness.cache(n).checkout(token, completed)),
      );
      expect(others.every((o) => o.status === 'rejected' && o.reason instanceof CheckoutInProgressError)).toBe(true);
      first.complete();
      await first.outcome;
    });

    it('that is refused leaves the cart as it was, and the next attempt has a new id', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId } = await first.started;
      first.reject('declined');
      expect(await first.outcome).toEqual({ outcome: 'rejected', reason: 'declined' });
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 2 }]);
      const second = orderInProgress(harness.cache(1), token);
      expect(await second.started).toMatchObject({ resumed: false });
      expect((await second.started).checkoutId).not.toBe(checkoutId);
      second.complete();
      await second.outcome;
    });

    it('whose outcome is unknown keeps its id and its snapshot for the next attempt', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId, lines } = await first.started;
      await harness.cache(0).add(token, 'a', 1);
      first.fail('the line went dead');
      expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
      const second = orderInProgress(harness.cache(1), token);
      expect(await second.started).toMatchObject({ checkoutId, lines, resumed: true });
      second.complete();
      await second.outcome;
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 1 }]);
    });

    it('is dropped when the caller knows of no open one', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId } = await first.started;
      first.fail('died before it was recorded');
      expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
      const second = orderInProgress(harness.cache(1), token, null);
      expect((await second.started).resumed).toBe(false);
      expect((await second.started).checkoutId).not.toBe(checkoutId);
      second.complete();
      await second.outcome;
    });

    it('is settled from the durable record once, however often that is repeated', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 3);
      await harness.cache(0).add(token, 'keep');
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId, lines, cartVersion } = await first.started;
      first.fail('unknown');
      expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
      await harness.cache(0).add(token, 'a', 4);
      const done = { checkoutId, lines, cartVersion };
      await Promise.all(Array.from({ length: 10 }, (_, n) => harness.cache(n).completeCheckout(token, done)));
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 4 }]);
    });

    it('is settled once, also when another checkout was taken off the cart since', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 1);
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId, lines, cartVersion } = await first.started;
      await harness.cache(1).add(token, 'a', 2);
      first.complete();
      await first.outcome;
      const second = orderInProgress(harness.cache(0), token);
      await second.started;
      await harness.cache(1).add(token, 'a', 4);
      second.complete();
      await second.outcome;
      await harness.cache(1).completeCheckout(token, { checkoutId, lines, cartVersion });
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 4 }]);
    });

    it('that is resumed after it was settled changes nothing of what the records of others mean', async () => {
      const token = newToken();
      const add = (quantity: number) => harness.cache(1).add(token, 'a', quantity);
      await add(1);
      const first = orderInProgress(harness.cache(0), token);
      const old = await first.started;
      await add(2);
      first.complete();
      await first.outcome;
      const second = orderInProgress(harness.cache(0), token);
      const settled = await second.started;
      await add(4);
      second.complete();
      await second.outcome;
      const third = orderInProgress(harness.cache(0), token);
      const open = await third.started;
      third.fail('unknown');
      expect(await third.outcome).toMatchObject({ outcome: 'unknown' });
      await add(8);

      await harness.cache(0).checkout(token, completed, { openCheckout: old });
      await harness.cache(0).completeCheckout(token, settled);
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 12 }]);
      await harness.cache(0).completeCheckout(token, open);
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 8 }]);
    });

    it('that is settled from the durable record leaves less for another one to claim', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const first = orderInProgress(harness.cache(0), token);
      const { checkoutId, lines, cartVersion } = await first.started;
      first.fail('unknown');
      expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
      const second = orderInProgress(harness.cache(0), token, null);
      await second.started;
      await harness.cache(1).completeCheckout(token, { checkoutId, lines, cartVersion });
      await harness.cache(1).add(token, 'a', 3);
      second.complete();
      await second.outcome;
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 3 }]);
    });

    it.each([
      [{ checkoutId: '', cartVersion: 'i', lines: [] }],
      [{ checkoutId: 'c', cartVersion: ['i'], lines: [] }],
      [{ checkoutId: 'c', cartVersion: 'i', lines: [{ id: '#born', quantity: 1 }] }],
      [{ checkoutId: 'c', cartVersion: 'i', lines: [{ id: 'a', quantity: 'x' }] }],
      ['c'],
    ])('never takes %j for a record', async (record) => {
      const bad = record as unknown as CheckoutRecord;
      const cache = harness.cache(0);
      await expect(cache.completeCheckout(newToken(), bad)).rejects.toBeInstanceOf(InvalidCartInputError);
      const checkout = cache.checkout(newToken(), completed, { openCheckout: bad });
      await expect(checkout).rejects.toBeInstanceOf(InvalidCartInputError);
    });

    it('sells every acknowledged add once: ordered plus remaining is added, with adds and checkouts all at once', async () => {
      const token = newToken();
      const ordered = new Map<string, readonly CartLine[]>();
      let added = 0;
      let adding = true;
      const adders = Promise.all(
        Array.from({ length: 5 }, async (_, n) => {
          for (let i = 0; i < 60 || ordered.size < 3; i += 1) {
            await harness.cache(n, { maxQuantity: 1_000_000 }).add(token, `item-${i % 4}`);
            added += 1;
            if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }),
      ).then(() => (adding = false));
      const checkouts = Array.from({ length: 3 }, async (_, n) => {
        while (adding) {
          await harness
            .cache(n)
            .checkout(token, async (lines, checkoutId) => {
              await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
              const fate = Math.random();
              if (fate < 0.2) return { outcome: 'rejected', reason: 'declined' };
              if (fate < 0.4) throw new Error('unknown');
              const before = ordered.get(checkoutId);
              if (before) expect(lines).toEqual(before);
              ordered.set(checkoutId, lines);
              return { outcome: 'completed', result: undefined };
            })
            .catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      });
      await Promise.all([adders, ...checkouts]);
      const remaining = total(await harness.cache(0).get(token));
      const sold = [...ordered.values()].reduce((sum, lines) => sum + total(lines), 0);
      expect(sold + remaining).toBe(added);
    });

    it('is taken over when the lease of an attempt that gives no sign of life has ended', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 3);
      const stuck = orderInProgress(harness.cache(0, { checkoutLeaseSeconds: 0.2 }), token);
      const { checkoutId } = await stuck.started;
      stuck.fail('unknown');
      expect(await stuck.outcome).toMatchObject({ outcome: 'unknown' });
      const next = orderInProgress(harness.cache(1), token);
      expect(await next.started).toMatchObject({ checkoutId, resumed: true });
      next.complete();
      expect(await next.outcome).toEqual({ outcome: 'completed', result: 'done' });
    });

    it('keeps its claim for as long as it works, past the length of its lease', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a');
      const slow = orderInProgress(harness.cache(0, { checkoutLeaseSeconds: 0.2 }), token);
      await slow.started;
      await new Promise((resolve) => setTimeout(resolve, 500));
      await expect(harness.cache(1).checkout(token, completed)).rejects.toBeInstanceOf(CheckoutInProgressError);
      slow.complete();
      expect(await slow.outcome).toEqual({ outcome: 'completed', result: 'done' });
    });

    it('stays open when processOrder throws, or resolves to no outcome', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const bad = (() => Promise.resolve('paid')) as unknown as ProcessOrder<string>;
      const throws: ProcessOrder<string> = () => {
        throw new Error('no answer');
      };
      for (const processOrder of [bad, throws]) {
        expect(await harness.cache(0).checkout(token, processOrder)).toMatchObject({ outcome: 'unknown' });
      }
      const next = orderInProgress(harness.cache(1), token);
      expect((await next.started).resumed).toBe(true);
      next.complete();
      await next.outcome;
    });
  });

  describe(`${name}: a checkout lock`, () => {
    it('keeps other attempts out while the work runs, and settles as the work does', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a');
      const result = await harness.cache(0).withCheckoutLock(token, async () => {
        await expect(harness.cache(1).checkout(token, completed)).rejects.toBeInstanceOf(CheckoutInProgressError);
        return 'result';
      });
      expect(result).toBe('result');
      const failure = new Error('the work failed');
      await expect(harness.cache(0).withCheckoutLock(token, () => Promise.reject(failure))).rejects.toBe(failure);
      await expect(harness.cache(0).withCheckoutLock(newToken(), completed)).rejects.toBeInstanceOf(EmptyCartError);
    });

    it('stays, and is resumed at once, when the work neither releases nor completes it', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      const checkoutId = await harness.cache(0).withCheckoutLock(token, (lock) => Promise.resolve(lock.checkoutId));
      await harness.cache(1).withCheckoutLock(token, async (lock) => {
        expect(lock).toMatchObject({ checkoutId, resumed: true, lines: [{ id: 'a', quantity: 2 }] });
      });
    });

    it('leaves the cart as it was when it is released, and takes the snapshot off when it is completed', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a', 2);
      await harness.cache(0).withCheckoutLock(token, (lock) => lock.release());
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 2 }]);
      await harness.cache(0).withCheckoutLock(token, async (lock) => {
        expect(lock.resumed).toBe(false);
        await harness.cache(1).add(token, 'a');
        await lock.complete();
      });
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 1 }]);
    });

    it('runs each of its steps in the trace that the caller gives', async () => {
      const token = newToken();
      await harness.cache(0).add(token, 'a');
      const steps: string[] = [];
      const trace: CheckoutOptions['trace'] = (step, work) => {
        steps.push(step);
        return work();
      };
      const rejected = () => Promise.resolve({ outcome: 'rejected', reason: 'declined' } as const);
      await harness.cache(0).checkout(token, rejected, { trace });
      await harness.cache(0).checkout(token, completed, { trace });
      expect(steps).toEqual(['acquire_lock', 'release_lock', 'acquire_lock', 'complete_checkout']);
    });
  });
}
