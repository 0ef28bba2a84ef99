import type { CheckoutRecord } from '@badger-store/cart-cache';

export type OrderStatus = 'pending' | 'paid' | 'declined' | 'cancelled';

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

export interface Order {
  /** The checkout's id: one checkout makes at most one order. */
  readonly id: string;
  readonly userId: string;
  /** Whose cart it was taken from: the user's, or that of the guest who became the user. */
  readonly cartOwner: string;
  readonly status: OrderStatus;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  /** Where in the cart the order came from, for telling the cart once it is paid. */
  readonly checkout: CheckoutRecord;
  /** At the payment provider; stored before the payment is confirmed, so that it can be looked up whatever happens then. */
  readonly paymentId?: string;
  /** The cart was told that the order is paid. */
  readonly settled: boolean;
}
