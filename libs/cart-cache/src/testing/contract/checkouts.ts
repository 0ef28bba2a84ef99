import { CheckoutInProgressError, EmptyCartError, InvalidCartInputError } from '../../cart-errors';
import type { CartLine, CheckoutRecord, ProcessOrder } from '../../carts';
import { completed, orderInProgress } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

const total = (lines: readonly CartLine[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

export function describeCheckouts(name: string, harness: CartsHarness): void {
  describe(`${name}: a checkout`, () => {
    it('takes exactly the snapshot off the cart: what was added meanwhile stays', async () => {
      const token = newCartId();
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
      const token = newCartId();
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
      const token = newCartId();
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
      await expect(harness.cache(0).checkout(newCartId(), completed)).rejects.toBeInstanceOf(EmptyCartError);
    });

    it('runs once at a time; a second one rejects immediately', async () => {
      const token = newCartId();
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
      const token = newCartId();
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
      const token = newCartId();
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
      const token = newCartId();
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

    it('is completed from the durable record once when that is repeated', async () => {
      const token = newCartId();
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

    it('is completed once, also when another checkout was completed since', async () => {
      const token = newCartId();
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

    it('that is resumed after it was completed does not affect the records of other checkouts', async () => {
      const token = newCartId();
      const add = (quantity: number) => harness.cache(1).add(token, 'a', quantity);
      await add(1);
      const first = orderInProgress(harness.cache(0), token);
      const old = await first.started;
      await add(2);
      first.complete();
      await first.outcome;
      const second = orderInProgress(harness.cache(0), token);
      const completedRecord = await second.started;
      await add(4);
      second.complete();
      await second.outcome;
      const third = orderInProgress(harness.cache(0), token);
      const open = await third.started;
      third.fail('unknown');
      expect(await third.outcome).toMatchObject({ outcome: 'unknown' });
      await add(8);

      await harness.cache(0).checkout(token, completed, { openCheckout: old });
      await harness.cache(0).completeCheckout(token, completedRecord);
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 12 }]);
      await harness.cache(0).completeCheckout(token, open);
      expect(await harness.cache(0).get(token)).toEqual([{ id: 'a', quantity: 8 }]);
    });

    it('that is completed from the durable record reduces the lines that another one has locked', async () => {
      const token = newCartId();
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
      [{ checkoutId: 'c', cartVersion: 'i', lines: [{ id: '', quantity: 1 }] }],
      [{ checkoutId: 'c', cartVersion: 'i', lines: [{ id: 'a', quantity: 'x' }] }],
      ['c'],
    ])('never takes %j for a record', async (record) => {
      const bad = record as unknown as CheckoutRecord;
      const cache = harness.cache(0);
      await expect(cache.completeCheckout(newCartId(), bad)).rejects.toBeInstanceOf(InvalidCartInputError);
      const checkout = cache.checkout(newCartId(), completed, { openCheckout: bad });
      await expect(checkout).rejects.toBeInstanceOf(InvalidCartInputError);
    });

    it('sells every acknowledged add once: ordered plus remaining is added, with adds and checkouts all at once', async () => {
      const token = newCartId();
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
      const token = newCartId();
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

    it('keeps its lock while it works for longer than its lease', async () => {
      const token = newCartId();
      await harness.cache(0).add(token, 'a');
      const slow = orderInProgress(harness.cache(0, { checkoutLeaseSeconds: 0.2 }), token);
      await slow.started;
      await new Promise((resolve) => setTimeout(resolve, 500));
      await expect(harness.cache(1).checkout(token, completed)).rejects.toBeInstanceOf(CheckoutInProgressError);
      slow.complete();
      expect(await slow.outcome).toEqual({ outcome: 'completed', result: 'done' });
    });

    it('stays open when processOrder throws, or resolves to no outcome', async () => {
      const token = newCartId();
      await harness.cache(0).add(token, 'a', 2);
      const bad = (() => Promise.resolve('paid')) as unknown as ProcessOrder<string>;
      const throws: ProcessOrder<string> = () => {
        throw new Error('no response');
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
}
