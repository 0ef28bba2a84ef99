import type { Script } from '@badger-store/redis-kit';
import { CheckoutInProgressError, EmptyCartError } from '../cart-errors';
import { toLine, type RecordInput } from '../cart-rules';
import type { CartLine } from '../carts';
import acquire from '../lua/acquire.lua';
import complete from '../lua/complete.lua';
import extend from '../lua/extend.lua';
import { replyCodes } from '../lua/prelude';
import release from '../lua/release.lua';
import { changing, flattenLines, parseLines, type OfCart } from './encoding';

interface Attempt extends OfCart {
  readonly checkoutId: string;
  readonly attemptId: string;
}

export interface AcquiredLock {
  readonly resumed: boolean;
  readonly checkoutId: string;
  readonly cartVersion: string;
  readonly lines: CartLine[];
}

interface AcquireInput extends Attempt {
  readonly leaseMs: number;
  readonly keepMs: number;
  /** `null`: the caller's record says that no checkout is open; `undefined`: the caller keeps no record. */
  readonly openCheckout: RecordInput | null | undefined;
}

export const acquireScript: Script<AcquireInput, AcquiredLock> = {
  ...changing('acquire', acquire),
  encode: ({ keys: { cart, lock, locked }, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) => ({
    keys: [cart, lock, locked],
    args: [checkoutId, attemptId, leaseMs, keepMs, ...encodeRecord(openCheckout)],
  }),
  decode(reply) {
    const [code, ...rest] = reply as [number, ...string[]];
    if (code === replyCodes.EMPTY_CART) throw new EmptyCartError();
    if (code === replyCodes.CHECKOUT_IN_PROGRESS) throw new CheckoutInProgressError(Number(rest[0]));
    const [checkoutId = '', cartVersion = '', ...lines] = rest;
    return { resumed: code === 1, checkoutId, cartVersion, lines: parseLines(lines).map(toLine) };
  },
};

function encodeRecord(record: RecordInput | null | undefined): (string | number)[] {
  if (record === undefined) return ['unknown'];
  if (record === null) return ['none'];
  return ['open', record.checkoutId, record.cartVersion, ...flattenLines(record.lines)];
}

/** Resolves to whether the lock is still the attempt's own. */
export const extendScript: Script<Attempt & { leaseMs: number }, boolean> = {
  ...changing('extend', extend),
  encode: ({ keys, checkoutId, attemptId, leaseMs }) => ({ keys: [keys.lock], args: [checkoutId, attemptId, leaseMs] }),
  decode: (reply) => reply !== replyCodes.LOCK_LOST,
};

/** Resolves to whether the lock was still the attempt's own. */
export const releaseScript: Script<Attempt, boolean> = {
  ...changing('release', release),
  encode: ({ keys: { lock, locked }, checkoutId, attemptId }) => ({
    keys: [lock, locked],
    args: [checkoutId, attemptId],
  }),
  decode: (reply) => reply !== replyCodes.LOCK_LOST,
};

/** Resolves to the cart version after the checkout; `undefined`: the lock was another attempt's. */
export const completeScript: Script<
  OfCart & { ttlMs: number; completed: Omit<Attempt, 'keys'> | RecordInput },
  string | undefined
> = {
  ...changing('complete', complete),
  encode({ keys: { cart, lock, locked }, ttlMs, completed }) {
    const args =
      'attemptId' in completed
        ? [completed.checkoutId, completed.attemptId, ttlMs]
        : [completed.checkoutId, '', ttlMs, completed.cartVersion, ...flattenLines(completed.lines)];
    return { keys: [cart, lock, locked], args };
  },
  decode: (reply) => (reply === replyCodes.LOCK_LOST ? undefined : (reply as string)),
};
