import type { CartItem, CheckoutRecord } from '@badger-store/cart-cache';
import type { Shortage } from './checkout-errors';
import type { EndStatus, Money, Order, OrderLine, OrderMark, OrderStatus, Totals } from './order';

export interface NewOrder extends Totals {
  readonly userId: string;
  readonly checkout: CheckoutRecord;
  /** The attempt that owns the order: the cart's lock has the same. */
  readonly attemptId: string;
  readonly lines: readonly OrderLine[];
  readonly paymentMethod: string;
  /** The idempotency key under which the order is asked for. */
  readonly key?: CheckoutKey;
}

/** What a checkout has to know of a user's orders before it begins, all of one moment. */
export interface OrdersBeforeCheckout {
  readonly open?: Order;
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
  findOpen(userId: string): Promise<Order | undefined>;
  /** The newest paid order that was taken from that cart, whoever owns the order now. */
  findNewestPaid(cartOwner: string): Promise<Order | undefined>;
  /** The paid order that was taken from that version of that cart: there is at most one. */
  findPaidFrom(cartOwner: string, cartVersion: string): Promise<Order | undefined>;
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
  end(id: string, attemptId: string, status: EndStatus, declineReason?: string): Promise<Order>;
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
  closeCart(cartOwner: string): Promise<void>;
  isCartClosed(cartOwner: string): Promise<boolean>;
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
  statusesOf(ids: readonly string[]): Promise<{ id: string; status: OrderStatus }[]>;
}

/** What is left to be done beside requests. */
export interface Backlog {
  /** Orders that are not closed, by status. */
  readonly openOrders: Readonly<Partial<Record<OrderStatus, number>>>;
  /** Age of the oldest of them in seconds; 0 where there is none. */
  readonly oldestSeconds: number;
  /** Order events that are in the outbox. */
  readonly waitingEvents: number;
}

/** An `Idempotency-Key` of a user, with the hash of the body that came with it. */
export interface CheckoutKey {
  readonly value: string;
  readonly bodyHash: string;
}

/** What a key stands for: an order, or a rejection because of these lines. */
export interface KeyUse {
  readonly bodyHash: string;
  readonly orderId?: string;
  readonly shortages?: readonly Shortage[];
}

/** Idempotency keys of checkouts, kept for 24 h. A new order's key is recorded together with the order, by `Orders.add`. */
export interface CheckoutKeys {
  find(userId: string, key: string): Promise<KeyUse | undefined>;
  /** Lets a key stand for an order that an earlier request made, or for a rejection, unless it has its own; whether it does now. */
  set(userId: string, key: CheckoutKey, use: Omit<KeyUse, 'bodyHash'>): Promise<boolean>;
  /** Deletes keys that have expired, a bounded number of them. */
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
  reserve(checkoutId: string, items: readonly CartItem[]): Promise<void>;
  /** They are sold. */
  commit(checkoutId: string): Promise<void>;
  /** They are free again, and can be reserved under this id no more. */
  release(checkoutId: string): Promise<void>;
}
