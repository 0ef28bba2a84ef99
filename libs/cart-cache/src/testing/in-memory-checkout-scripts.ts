import { CheckoutInProgressError, EmptyCartError } from '../cart-errors';
import type { CartKeys } from '../cart-keys';
import { toLine, type RecordInput } from '../cart-rules';
import type { InMemoryCartStore, OpenLock } from './in-memory-cart-store';
import type { InMemoryScripts } from './in-memory-scripts';

type CheckoutScripts = Pick<InMemoryScripts, 'acquireScript' | 'extendScript' | 'releaseScript' | 'completeScript'>;

interface Attempt {
  readonly checkoutId: string;
  readonly attemptId: string;
}

export function createCheckoutScripts(store: InMemoryCartStore): CheckoutScripts {
  /** The lock, as long as it is the attempt's own. */
  const findOwnLock = ({ keys, ...attempt }: Attempt & { keys: CartKeys }) => {
    const lock = store.locks.get(keys.cart);
    return lock?.checkoutId === attempt.checkoutId && lock.attemptId === attempt.attemptId ? lock : undefined;
  };

  const newLock = (checkoutId: string, key: string, record: RecordInput | null | undefined): OpenLock => {
    const cart = store.carts.get(key);
    if (!record && !cart?.lines.size) {
      store.locks.delete(key);
      throw new EmptyCartError();
    }
    const lines = record ? record.lines.map(toLine) : store.toCart(key).lines;
    const cartVersion = record?.cartVersion ?? store.getVersion(key);
    const locked = new Map<string, number>();
    for (const { id, quantity } of lines) {
      const held = cart?.version === cartVersion ? (cart.lines.get(id)?.quantity ?? 0) : 0;
      if (held > 0) locked.set(id, Math.min(quantity, held));
    }
    return {
      checkoutId: record?.checkoutId ?? checkoutId,
      cartVersion,
      lines,
      locked,
      attemptId: '',
      leaseUntil: 0,
      resumed: false,
    };
  };

  return {
    acquireScript: ({ keys, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) => {
      const before = store.locks.get(keys.cart);
      const mine = before?.attemptId === attemptId;
      if (before && !mine) before.leaseUntil = Math.min(before.leaseUntil, store.now() + leaseMs);
      if (before && !mine && before.leaseUntil > store.now())
        throw new CheckoutInProgressError(before.leaseUntil - store.now());
      const resumes = mine || openCheckout === undefined || openCheckout?.checkoutId === before?.checkoutId;
      const lock = before && resumes ? before : newLock(checkoutId, keys.cart, openCheckout);
      if (!mine) lock.resumed = (before && resumes) || Boolean(openCheckout);
      Object.assign(lock, { attemptId, leaseUntil: store.now() + leaseMs });
      store.locks.set(keys.cart, lock, keepMs);
      store.carts.keep(keys.cart, keepMs);
      const { resumed, cartVersion, lines } = lock;
      return { resumed, checkoutId: lock.checkoutId, cartVersion, lines: [...lines] };
    },

    extendScript: ({ leaseMs, ...attempt }) => {
      const lock = findOwnLock(attempt);
      if (lock) lock.leaseUntil = store.now() + leaseMs;
      return lock !== undefined;
    },

    releaseScript: (attempt) => {
      const lock = findOwnLock(attempt);
      if (lock) store.locks.delete(attempt.keys.cart);
      return lock !== undefined;
    },

    completeScript: ({ keys, ttlMs, completed }) => {
      const lock = store.locks.get(keys.cart);
      if ('attemptId' in completed && !findOwnLock({ keys, ...completed })) return undefined;
      const cart = store.carts.get(keys.cart);
      const version = store.getVersion(keys.cart);
      let bought: [string, number][];
      let isOfThisVersion = true;
      if (lock?.checkoutId === completed.checkoutId) {
        bought = [...lock.locked];
        isOfThisVersion = lock.cartVersion === version;
        store.locks.delete(keys.cart);
      } else if ('lines' in completed && version === completed.cartVersion) {
        bought = completed.lines.map(({ id, quantity }) => [id, quantity]);
      } else return version;
      for (const [id, quantity] of bought) {
        const line = cart?.lines.get(id);
        if (line && line.quantity > quantity) line.quantity -= quantity;
        else cart?.lines.delete(id);
      }
      if (cart) {
        cart.changes += 1;
        if (isOfThisVersion) cart.version = completed.checkoutId;
        store.carts.set(keys.cart, cart, Math.max(ttlMs, store.locks.msLeft(keys.cart)));
        store.endVersionIfEmpty(keys.cart);
      }
      store.clampLocked(keys.cart);
      return store.getVersion(keys.cart);
    },
  };
}
