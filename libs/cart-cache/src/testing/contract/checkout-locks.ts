import { CheckoutInProgressError, EmptyCartError } from '../../cart-errors';
import type { CheckoutOptions } from '../../carts';
import { completed } from '../order-in-progress';
import { newCartId, type CartsHarness } from './harness';

export function describeCheckoutLocks(name: string, harness: CartsHarness): void {
  describe(`${name}: a checkout lock`, () => {
    it('keeps other attempts out while the work runs, and settles as the work does', async () => {
      const token = newCartId();
      await harness.cache(0).add(token, 'a');
      const result = await harness.cache(0).withCheckoutLock(token, async () => {
        await expect(harness.cache(1).checkout(token, completed)).rejects.toBeInstanceOf(CheckoutInProgressError);
        return 'result';
      });
      expect(result).toBe('result');
      const failure = new Error('the work failed');
      await expect(harness.cache(0).withCheckoutLock(token, () => Promise.reject(failure))).rejects.toBe(failure);
      await expect(harness.cache(0).withCheckoutLock(newCartId(), completed)).rejects.toBeInstanceOf(EmptyCartError);
    });

    it('stays, and is resumed at once, when the work neither releases nor completes it', async () => {
      const token = newCartId();
      await harness.cache(0).add(token, 'a', 2);
      const checkoutId = await harness.cache(0).withCheckoutLock(token, (lock) => Promise.resolve(lock.checkoutId));
      await harness.cache(1).withCheckoutLock(token, async (lock) => {
        expect(lock).toMatchObject({ checkoutId, resumed: true, lines: [{ id: 'a', quantity: 2 }] });
      });
    });

    it('leaves the cart as it was when it is released, and takes the snapshot off when it is completed', async () => {
      const token = newCartId();
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
      const token = newCartId();
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
