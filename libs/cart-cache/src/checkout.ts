import { randomUUID } from 'node:crypto';
import { assertCartId, toRecordInput } from './cart-rules';
import type { Carts, CheckoutLock, CheckoutOptions, OrderOutcome, ProcessOrder } from './carts';
import type { CartContext } from './create-carts';
import { acquireScript, completeScript, extendScript, releaseScript } from './scripts';

/** An open checkout and its cart outlive a weekend without a working Redis client. */
const keepMs = 48 * 3600 * 1000;

/** Another attempt holds the lock, or its lease ended unextended: nothing that this attempt does counts any more. */
class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

const untraced: NonNullable<CheckoutOptions['trace']> = (_step, work) => work();

export function createCheckout(
  { redis, getKeys, getTtlMs }: CartContext,
  leaseMs: number,
): Pick<Carts, 'checkout' | 'withCheckoutLock'> {
  const withCheckoutLock: Carts['withCheckoutLock'] = async (cartId, work, options = {}) => {
    const { openCheckout, trace = untraced } = options;
    assertCartId(cartId);
    const keys = getKeys(cartId);
    const ttlMs = getTtlMs(cartId);
    const record = openCheckout === undefined || openCheckout === null ? openCheckout : toRecordInput(openCheckout);
    const attemptId = randomUUID();
    const acquired = await trace('acquire_lock', () =>
      redis.run(acquireScript, {
        keys,
        checkoutId: randomUUID(),
        attemptId,
        leaseMs,
        keepMs: Math.max(keepMs, ttlMs),
        openCheckout: record,
      }),
    );
    const attempt = { keys, attemptId, checkoutId: acquired.checkoutId };
    const lease = extendLease(leaseMs, () => redis.run(extendScript, { ...attempt, leaseMs }));
    let isOpen = true;
    const stop = () => {
      isOpen = false;
      lease.stop();
    };
    const lock: CheckoutLock = {
      ...acquired,
      attemptId,
      signal: lease.lost,
      async release() {
        stop();
        await trace('release_lock', () => redis.run(releaseScript, attempt)).catch(() => undefined);
      },
      async complete() {
        stop();
        const cartVersion = await trace('complete_checkout', () =>
          redis.run(completeScript, { keys, ttlMs, completed: attempt }),
        );
        if (cartVersion === undefined) throw new LockLostError('The lock was lost before the cart was updated.');
      },
    };

    try {
      return await work(lock);
    } finally {
      if (isOpen) {
        stop();
        // Where Redis is unavailable, the lease ends later: nothing changes for the caller.
        await redis.run(extendScript, { ...attempt, leaseMs: 0 }).catch(() => undefined);
      }
    }
  };

  const checkout: Carts['checkout'] = (cartId, processOrder, options) =>
    withCheckoutLock(
      cartId,
      async (lock) => {
        const outcome = await getOutcome(processOrder, lock);
        if (outcome.outcome === 'rejected') await lock.release();
        if (outcome.outcome !== 'completed') return outcome;
        return lock.complete().then(
          () => outcome,
          (cartError: unknown) => ({ ...outcome, cartError }),
        );
      },
      options,
    );

  return { checkout, withCheckoutLock };
}

const outcomes: readonly unknown[] = ['completed', 'rejected', 'unknown'];

async function getOutcome<Result, Reason>(
  processOrder: ProcessOrder<Result, Reason>,
  lock: CheckoutLock,
): Promise<OrderOutcome<Result, Reason>> {
  try {
    const outcome = await processOrder(lock.lines, lock.checkoutId, lock);
    if (!outcomes.includes(outcome.outcome)) throw new TypeError('processOrder resolves to no outcome.');
    return outcome;
  } catch (error) {
    return { outcome: 'unknown', error };
  }
}

/**
 * Extends a lease three times in its length. `lost` aborts when another attempt holds the lock, or when the lease ended because no
 * extension reached Redis.
 */
function extendLease(leaseMs: number, extend: () => Promise<boolean>): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController();
  let extendedAt = performance.now();

  const timer = setInterval(() => {
    const startedAt = performance.now();
    extend().then(
      (isOwn) => {
        if (isOwn) extendedAt = startedAt;
        else lost.abort(new LockLostError('Another attempt holds the lock.'));
      },
      (cause: unknown) => {
        if (performance.now() - extendedAt < leaseMs) return;
        lost.abort(new LockLostError('The lease ended; it could not be extended.', { cause }));
      },
    );
  }, leaseMs / 3);
  timer.unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
