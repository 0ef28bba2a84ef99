import type { CartLine, CheckoutRecord } from '@badger-store/cart-cache';
import type { Money, OrderLine, OrderStatus, Shortage } from '@badger-store/store-api';
import type { Order, OrderMark, TerminalStatus, Totals } from './order';

export interface NewOrder extends Totals {
  readonly userId: string;
  readonly checkout: CheckoutRecord;
  /** The attempt that owns the order and the checkout lock. */
  readonly attemptId: string;
  readonly lines: readonly OrderLine[];
  readonly paymentMethod: string;
  readonly key?: IdempotencyKey;
}

/** Read in one statement. */
export interface OrdersBeforeCheckout {
  readonly pending?: Order;
  /** The user's paid orders whose cart was not updated, or whose customer was not notified: oldest first, at most 20. */
  readonly unacknowledged: readonly Order[];
  /** The newest paid order that was taken from the user's cart, by this user or by the guest before. */
  readonly newestPaidId?: string;
}

/**
 * The authority on checkouts, even when Redis has lost data. A user, and a cart, has at most one pending order. An order belongs to the
 * attempt that took it over last; an attempt that lost its order changes nothing, and gets an `OrderLostError`.
 */
export interface Orders {
  findBeforeCheckout(userId: string): Promise<OrdersBeforeCheckout>;
  /** The pending order that belongs to the user, or was taken from the user's cart. */
  findPending(userId: string): Promise<Order | undefined>;
  /** The newest paid order that was taken from the cart; its owner may have changed. */
  findNewestPaid(cartId: string): Promise<Order | undefined>;
  /** The one paid order that was taken from this version of the cart. */
  findPaidFrom(cartId: string, cartVersion: string): Promise<Order | undefined>;
  find(userId: string, id: string): Promise<Order | undefined>;
  findByPayment(paymentId: string): Promise<Order | undefined>;
  /**
   * Records a pending order and its idempotency key. Throws `OutOfDateError`, and records nothing, when the user or the cart has a
   * pending order, or the key has another outcome.
   */
  add(order: NewOrder): Promise<void>;
  /** Makes the attempt the owner of the order if the order is still pending. Returns the order. */
  takeOver(id: string, attemptId: string): Promise<Order>;
  setPayment(id: string, attemptId: string, paymentId: string): Promise<void>;
  /** Changes the status of a pending order, puts the event into the outbox, and returns the order. */
  transition(id: string, attemptId: string, status: TerminalStatus, declineReason?: string): Promise<Order>;
  /** Marks an order in a terminal status. Safe to repeat. */
  mark(id: string, ...marks: OrderMark[]): Promise<void>;
  /** Returns unfinished orders that nothing happened to for a while; no other caller gets them meanwhile. */
  takeDue(limit: number): Promise<Order[]>;
  /** Reassigns a guest's orders, and returns how many. A pending order stays with the guest while the user has one. */
  reassign(guestId: string, userId: string): Promise<number>;
  /** From now on a checkout of this cart is refused. Safe to repeat. */
  markCartMigrated(cartId: string): Promise<void>;
  isCartMigrated(cartId: string): Promise<boolean>;
}

/** The checkout must begin again: what it knew before it acquired the lock is out of date. Nothing was charged. */
export class OutOfDateError extends Error {
  override readonly name = 'OutOfDateError';
}

/** The order is no longer pending, or belongs to another attempt. */
export class OrderLostError extends Error {
  override readonly name = 'OrderLostError';
}

export interface OrderPosition {
  readonly createdAt: Date;
  readonly id: string;
}

export interface OrdersQuery {
  readonly userId: string;
  readonly statuses: readonly OrderStatus[];
  readonly limit: number;
  readonly after?: OrderPosition;
}

/** The orders that users see. */
export interface OrderLists {
  find(userId: string, id: string): Promise<Order | undefined>;
  /** Newest first. */
  page(query: OrdersQuery): Promise<{ orders: Order[]; next?: OrderPosition }>;
  /** Ids without an order are left out. */
  findStatuses(ids: readonly string[]): Promise<{ id: string; status: OrderStatus }[]>;
}

/** Work that the sweeper and the publisher of events have not done yet. */
export interface Backlog {
  readonly unfinishedOrders: Readonly<Partial<Record<OrderStatus, number>>>;
  /** Age of the oldest unfinished order; 0 without one. */
  readonly maxAgeSeconds: number;
  readonly unpublishedEvents: number;
}

/** An `Idempotency-Key` of a user, with the hash of the body that came with it. */
export interface IdempotencyKey {
  readonly value: string;
  readonly bodyHash: string;
}

/** What a repeat of the request gets: the result of an order, or these shortages. */
export interface KeyOutcome {
  readonly orderId?: string;
  readonly shortages?: readonly Shortage[];
}

/** Idempotency keys of checkouts, kept for 24 h. `Orders.add` records a new order's key together with the order. */
export interface IdempotencyKeys {
  find(userId: string, key: string): Promise<(KeyOutcome & { readonly bodyHash: string }) | undefined>;
  /** Records the outcome of an earlier request, unless the key has one. Resolves to whether the outcome is recorded. */
  record(userId: string, key: IdempotencyKey, outcome: KeyOutcome): Promise<boolean>;
  /** Deletes a bounded number of keys that have expired. */
  purge(): Promise<void>;
}

/** An item of the catalogue at this moment. */
export interface PricedItem {
  readonly id: string;
  readonly name: string;
  readonly price: Money;
  readonly available: number;
}

export interface PriceList {
  /** In no particular order, without ids that the catalogue does not have. */
  findMany(ids: readonly string[]): Promise<PricedItem[]>;
}

/** Reservations of stock. Each call may be repeated. After any rejection but those named, the effect is unknown. */
export interface Stock {
  /** Reserves all items or none. Throws `OutOfStockError`. */
  reserve(checkoutId: string, items: readonly CartLine[]): Promise<void>;
  /** Marks the reserved items as sold. */
  commit(checkoutId: string): Promise<void>;
  /** Frees the reserved items. A later `reserve` under this id is refused. */
  release(checkoutId: string): Promise<void>;
}

/** Every step of a checkout, in order. `release_stock` and `release_lock` are for a checkout that charged nothing. */
export const steps = [
  'find_orders',
  'acquire_lock',
  'price_items',
  'record_order',
  'recheck_cart',
  'reserve_stock',
  'create_payment',
  'record_payment',
  'confirm_payment',
  'record_outcome',
  'commit_stock',
  'release_stock',
  'mark_inventory_notified',
  'complete_checkout',
  'release_lock',
  'mark_customer_notified',
] as const;
export type Step = (typeof steps)[number];

/** Runs a step. It may wait before and after the work; an error of the work fails the step. */
export type Trace = <Result>(step: Step, work: () => Promise<Result>) => Promise<Result>;

export const untraced: Trace = (_step, work) => work();
