import type { CartLine, CheckoutRecord } from '@badger-store/cart-cache';
import type { Shortage } from './checkout-errors';
import type { TerminalStatus, Money, Order, OrderLine, OrderMark, OrderStatus, Totals } from './order';

export interface NewOrder extends Totals {
  readonly userId: string;
  readonly checkout: CheckoutRecord;
  /** The attempt that owns the order: the cart's lock has the same. */
  readonly attemptId: string;
  readonly lines: readonly OrderLine[];
  readonly paymentMethod: string;
  /** The idempotency key under which the order is asked for. */
  readonly key?: IdempotencyKey;
}

/** What a checkout has to know of a user's orders before it begins, all of one moment. */
export interface OrdersBeforeCheckout {
  readonly pending?: Order;
  /** The user's paid orders that the cart was not updated for, or the customer not notified of: oldest first, at most 20. */
  readonly unacknowledged: readonly Order[];
  /** The newest paid order that was taken from the user's cart, whoever owns the order now. */
  readonly newestPaidId?: string;
}

/**
 * The authority on checkouts: an open one is a `pending` order here, whatever Redis remembers. A user has at most one, and from a
 * cart at most one was taken.
 * An order belongs to the attempt that last took it; every transition names its attempt, and an attempt that lost the order to
 * another changes nothing any more (`OrderLostError`).
 */
export interface Orders {
  findBeforeCheckout(userId: string): Promise<OrdersBeforeCheckout>;
  /** The pending order that is the user's, or was taken from the user's cart by the guest whom the user was then. */
  findPending(userId: string): Promise<Order | undefined>;
  /** The newest paid order that was taken from that cart, whoever owns the order now. */
  findNewestPaid(cartId: string): Promise<Order | undefined>;
  /** The paid order that was taken from that version of that cart: there is at most one. */
  findPaidFrom(cartId: string, cartVersion: string): Promise<Order | undefined>;
  find(userId: string, id: string): Promise<Order | undefined>;
  findByPayment(paymentId: string): Promise<Order | undefined>;
  /**
   * Records a pending order, and that its key stands for it. Throws `OutOfDateError`, and records nothing, when there is a pending
   * order already, of the user or of the cart, or when the key stands for another order that counts.
   */
  add(order: NewOrder): Promise<void>;
  /** Makes an attempt the owner of an order if it is still pending; returns the order as it is then. */
  takeOver(id: string, attemptId: string): Promise<Order>;
  setPayment(id: string, attemptId: string, paymentId: string): Promise<void>;
  /** Ends a pending order, puts the event of it into the outbox, and returns the order. */
  transition(id: string, attemptId: string, status: TerminalStatus, declineReason?: string): Promise<Order>;
  /** Marks an order that has ended; may be repeated. */
  mark(id: string, ...marks: OrderMark[]): Promise<void>;
  /**
   * Takes orders about which something is left to do, and about which nothing was done for a while: at most that many, each for
   * one caller at a time.
   */
  takeDue(limit: number): Promise<Order[]>;
  /** Reassigns a guest's orders to a user, and returns how many. An open one stays the guest's while the user has one too. */
  reassign(guestId: string, userId: string): Promise<number>;
  /** Records that nothing is ordered from a cart any more; may be repeated. */
  markCartMigrated(cartId: string): Promise<void>;
  isCartMigrated(cartId: string): Promise<boolean>;
}

/** The signal to look again: what the attempt knew when it acquired the lock is out of date. It charged nothing. */
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

/** What users see of their orders. */
export interface OrderLists {
  find(userId: string, id: string): Promise<Order | undefined>;
  /** Newest first. */
  page(query: OrdersQuery): Promise<{ orders: Order[]; next?: OrderPosition }>;
  /** The statuses of orders by their ids; ids without an order are left out. */
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

/** What the catalogue says of an item at this moment. */
export interface PricedItem {
  readonly id: string;
  readonly name: string;
  readonly price: Money;
  readonly available: number;
}

export interface PriceList {
  /** Those of the items that there are, in no particular order. */
  findMany(ids: readonly string[]): Promise<PricedItem[]>;
}

/**
 * What inventory reserves for a checkout. Each call may be repeated; a rejection other than those named says nothing about
 * whether it was done.
 */
export interface Stock {
  /** All of the items or none. Throws `OutOfStockError`, after which nothing is reserved. */
  reserve(checkoutId: string, items: readonly CartLine[]): Promise<void>;
  /** They are sold. */
  commit(checkoutId: string): Promise<void>;
  /** They are free again, and can be reserved under this id no more. */
  release(checkoutId: string): Promise<void>;
}
