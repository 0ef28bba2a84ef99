import type { CartItem } from '@badger-store/cart-cache';

/**
 * What inventory holds back for a checkout. Each call may be repeated; a rejection other than those named says nothing about
 * whether it was done.
 */
export interface Stock {
  /** All of the items or none. Throws `OutOfStockError`, after which nothing is held. */
  reserve(checkoutId: string, items: readonly CartItem[]): Promise<void>;
  /** They are sold. */
  commit(checkoutId: string): Promise<void>;
  /** They are free again, and can be reserved under this id no more. */
  release(checkoutId: string): Promise<void>;
}
