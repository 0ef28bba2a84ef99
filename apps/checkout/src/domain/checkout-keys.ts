import type { Shortage } from './checkout-errors';

/** An `Idempotency-Key` of a user, with the hash of the body that came with it. */
export interface CheckoutKey {
  readonly value: string;
  readonly bodyHash: string;
}

/** What a key stands for: an order, or a refusal because of these lines. */
export interface KeyUse {
  readonly bodyHash: string;
  readonly orderId?: string;
  readonly shortages?: readonly Shortage[];
}

/** Idempotency keys of checkouts, kept for 24 h. A new order's key is recorded together with the order, by `Orders.add`. */
export interface CheckoutKeys {
  find(userId: string, key: string): Promise<KeyUse | undefined>;
  /** Lets a key stand for an order that an earlier request made, or for a refusal, unless it has its own; whether it does now. */
  set(userId: string, key: CheckoutKey, use: Omit<KeyUse, 'bodyHash'>): Promise<boolean>;
  /** Forgets keys whose time is over, a bounded number of them. */
  purge(): Promise<void>;
}
