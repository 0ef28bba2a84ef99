import type { CartCache } from '../cart-cache';
import { completed } from './order-in-progress';

type OperationCall = (cache: CartCache, userToken: string, otherToken: string) => Promise<unknown>;

/** One call of each operation, for what suites hold every operation to. The compiler names an operation that is missing here. */
export const cartOperations: Readonly<Record<keyof CartCache, OperationCall>> = {
  get: (cache, token) => cache.get(token),
  add: (cache, token) => cache.add(token, 'a'),
  addQuantity: (cache, token) => cache.addQuantity(token, 'a'),
  set: (cache, token) => cache.set(token, [{ id: 'a', quantity: 1 }]),
  setQuantity: (cache, token) => cache.setQuantity(token, 'a', 1),
  remove: (cache, token) => cache.remove(token, 'a'),
  clear: (cache, token) => cache.clear(token),
  merge: (cache, token, other) => cache.merge(token, other),
  checkout: (cache, token) => cache.checkout(token, completed),
  withCheckoutLock: (cache, token) => cache.withCheckoutLock(token, (lock) => lock.release()),
  settle: (cache, token) =>
    cache.settle(token, { checkoutId: 'c', incarnation: 'i', items: [{ id: 'a', quantity: 1 }] }),
};
