import type { CheckoutRecord } from '@badger-store/cart-cache';
import type { CheckoutKey } from './checkout-keys';
import type { Order, OrderLine, OrderMark, Totals } from './order';
import type { EndStatus } from './order-states';

export interface NewOrder extends Totals {
  readonly userId: string;
  readonly checkout: CheckoutRecord;
  /** The attempt that owns the order: the cart's claim has the same. */
  readonly attemptId: string;
  readonly lines: readonly OrderLine[];
  readonly paymentMethod: string;
  /** The idempotency key under which the order is asked for. */
  readonly key?: CheckoutKey;
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
  /** The newest paid order that was taken from that cart, whoever owns the order now. */
  findNewestPaid(cartOwner: string): Promise<Order | undefined>;
  /** The paid order that was taken from that version of that cart: there is at most one. */
  findPaidFrom(cartOwner: string, cartVersion: string): Promise<Order | undefined>;
  /** A user's paid orders of which the cart or the customer was not told yet, oldest first, at most 20. */
  findUntold(userId: string): Promise<Order[]>;
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
  /** Notes who was told of an order that has ended; may be repeated. */
  mark(id: string, ...marks: OrderMark[]): Promise<void>;
  /**
   * Takes orders about which something is left to do, and about which nobody did anything for a while: at most that many, each for
   * one caller at a time.
   */
  takeDue(limit: number): Promise<Order[]>;
  /** Reassigns a guest's orders to a user, and returns how many. An open one stays the guest's while the user has one too. */
  reassign(guestId: string, userId: string): Promise<number>;
  /** Says that nothing will be ordered from a cart any more; may be repeated. */
  closeCart(cartOwner: string): Promise<void>;
  isCartClosed(cartOwner: string): Promise<boolean>;
}

/** What was known when the cart was claimed is out of date: nothing was recorded; look again. */
export class OutOfDateError extends Error {
  override readonly name = 'OutOfDateError';
}

/** The order is no longer pending, or belongs to another attempt. */
export class OrderLostError extends Error {
  override readonly name = 'OrderLostError';
}
