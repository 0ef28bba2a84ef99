import type { Carts } from '../carts';
import { completed } from './order-in-progress';

/** Every call that is about one cart. */
export type CartOperation = Exclude<keyof Carts, 'ready' | 'ping' | 'close' | 'scan'>;

type OperationCall = (cache: Carts, cartId: string, otherToken: string) => Promise<unknown>;

/** One call of each operation, for what suites hold every operation to. The compiler names an operation that is missing here. */
export const cartOperations: Readonly<Record<CartOperation, OperationCall>> = {
  get: (cache, token) => cache.get(token),
  getCart: (cache, token) => cache.getCart(token),
  update: (cache, token) => cache.update(token, { data: 1 }),
  move: (cache, token, other) => cache.move(token, 'a', other),
  delete: (cache, token) => cache.delete(token),
  add: (cache, token) => cache.add(token, 'a'),
  addQuantity: (cache, token) => cache.addQuantity(token, 'a'),
  set: (cache, token) => cache.set(token, [{ id: 'a', quantity: 1 }]),
  setLine: (cache, token) => cache.setLine(token, 'a', { quantity: 1 }),
  remove: (cache, token) => cache.remove(token, 'a'),
  clear: (cache, token) => cache.clear(token),
  merge: (cache, token, other) => cache.merge(token, other),
  checkout: (cache, token) => cache.checkout(token, completed),
  withCheckoutLock: (cache, token) => cache.withCheckoutLock(token, (lock) => lock.release()),
  completeCheckout: (cache, token) =>
    cache.completeCheckout(token, { checkoutId: 'c', cartVersion: 'i', lines: [{ id: 'a', quantity: 1 }] }),
};
