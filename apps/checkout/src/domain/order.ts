import type { CheckoutRecord } from '@badger-store/cart-cache';
import type { OrderStatus } from './order-states';

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
  readonly cartOwner: string;
  readonly status: OrderStatus;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
  /** Where in the cart the order came from, for telling the cart once it is paid. */
  readonly checkout: CheckoutRecord;
  readonly paymentMethod: string;
  /** At the payment provider; stored before the payment is confirmed, so that it can be looked up whatever happens then. */
  readonly paymentId?: string;
  readonly declineReason?: string;
  /** What was done about it since it ended. */
  readonly marks: ReadonlySet<OrderMark>;
}

/**
 * Who knows by now how an order ended. Inventory commits or releases its stock; the cart of a paid one loses what was bought;
 * the customer was answered with it; the payment of a cancelled one was looked up once more, and nothing was charged for good.
 */
export type OrderMark = 'stock-told' | 'cart-told' | 'customer-told' | 'payment-checked';
