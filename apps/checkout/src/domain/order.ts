import type { CheckoutRecord } from '@badger-store/cart-cache';

export const orderStatuses = ['pending', 'paid', 'declined', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Terminal: an order that has ended never changes its status again. */
export type TerminalStatus = Exclude<OrderStatus, 'pending'>;

/** Every transition that an order may make. The database refuses all others (migration 005); a test holds the two together. */
export const orderTransitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['paid', 'declined', 'cancelled'],
  paid: [],
  declined: [],
  cancelled: [],
};

export interface Money {
  /** A whole number of the currency's minor unit. */
  readonly amount: number;
  readonly currency: string;
}

/** As it was in the catalogue at the moment of the order. */
export interface OrderLine {
  readonly id: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

/** What an order comes to; `total` is the sum of the other three. */
export interface Totals {
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly total: Money;
}

export interface Order extends Totals {
  /** The checkout's id: one checkout makes at most one order. */
  readonly id: string;
  readonly userId: string;
  /** Whose cart it was taken from: the user's, or that of the guest who became the user. */
  readonly cartId: string;
  readonly status: OrderStatus;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
  /** What the order was taken from, for updating the cart once it is paid. */
  readonly checkout: CheckoutRecord;
  readonly paymentMethod: string;
  /** At the payment provider; stored before the payment is confirmed, so that it can be looked up whatever happens then. */
  readonly paymentId?: string;
  readonly declineReason?: string;
  readonly marks: ReadonlySet<OrderMark>;
}

/**
 * What was done about an order since it ended: inventory committed or released its stock; what was bought was taken off the cart of a
 * paid one; the customer was answered with it; the payment of a cancelled one was looked up once more, and charged nothing.
 */
export type OrderMark = 'inventory_notified' | 'cart_updated' | 'customer_notified' | 'payment_checked';
