import type { CheckoutRecord } from '@badger-store/cart-cache';
import type { Money, Order, OrderLine, OrderStatus } from './order';

export interface NewOrder {
  readonly userId: string;
  readonly checkout: CheckoutRecord;
  /** The attempt that owns the order: the cart's claim has the same. */
  readonly attemptId: string;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
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

/**
 * The authority on checkouts: an open one is a `pending` order here, whatever Redis remembers. A user has at most one, and from a
 * cart at most one was taken.
 * An order belongs to the attempt that last took it; every move names its attempt, and an attempt that lost the order to
 * another moves nothing any more (`OrderLostError`).
 */
export interface Orders {
  /** The pending order that is the user's, or was taken from the user's cart by the guest whom the user was then. */
  findOpen(userId: string): Promise<Order | undefined>;
  /** The newest paid order that was taken from that cart, whose ever it is now. */
  findLastPaid(cartOwner: string): Promise<Order | undefined>;
  /** A user's paid orders of which their cart was not told yet, oldest first, at most 20. */
  findUnsettled(userId: string): Promise<Order[]>;
  find(userId: string, id: string): Promise<Order | undefined>;
  /** Newest first. */
  page(query: OrdersQuery): Promise<{ orders: Order[]; next?: OrderPosition }>;
  /** Throws `OpenOrderExistsError` when there is a pending order already, of the user or of the cart. */
  add(order: NewOrder): Promise<void>;
  /** Makes an attempt the owner of an order if it is still pending; returns the order as it is then. */
  takeOver(id: string, attemptId: string): Promise<Order>;
  setPayment(id: string, attemptId: string, paymentId: string): Promise<void>;
  /** Ends a pending order and returns it. */
  end(id: string, attemptId: string, status: Exclude<OrderStatus, 'pending'>): Promise<Order>;
  /** Gives a guest's orders to a user, and says how many. An open one stays the guest's while the user has one too. */
  move(guestId: string, userId: string): Promise<number>;
  /** Says that nothing will be ordered from a cart any more; may be repeated. */
  closeCart(cartOwner: string): Promise<void>;
  isCartClosed(cartOwner: string): Promise<boolean>;
  /** Notes that the cart was told; may be repeated. */
  markSettled(id: string): Promise<void>;
}

/** The user has a pending order already, or one was taken from the cart. */
export class OpenOrderExistsError extends Error {
  override readonly name = 'OpenOrderExistsError';
}

/** The order is no longer pending, or belongs to another attempt. */
export class OrderLostError extends Error {
  override readonly name = 'OrderLostError';
}
