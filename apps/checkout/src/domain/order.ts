import type { CheckoutRecord } from '@badger-store/cart-cache';
import type { Order as PublicOrder, OrderLine, OrderStatus } from '@badger-store/store-api';

/** An order in a terminal status never changes its status again. */
export type TerminalStatus = Exclude<OrderStatus, 'pending'>;

/** Every transition that an order may make. A trigger in the database refuses all others; a test compares the two. */
export const orderTransitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['paid', 'declined', 'cancelled'],
  paid: [],
  declined: [],
  cancelled: [],
};

/** `total` is the sum of the other three. */
export type Totals = Pick<PublicOrder, 'subtotal' | 'shipping' | 'tax' | 'total'>;

export interface Order extends Totals {
  /** The checkout's id: one checkout makes at most one order. */
  readonly id: string;
  readonly userId: string;
  /** The cart that the order was taken from: the user's, or that of the guest who became the user. */
  readonly cartId: string;
  readonly status: OrderStatus;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
  /** The snapshot of the cart, to be removed from the cart once the order is paid. */
  readonly checkout: CheckoutRecord;
  readonly paymentMethod: string;
  /** The payment provider's id. It is stored before the payment is confirmed, so that the payment can always be looked up. */
  readonly paymentId?: string;
  readonly declineReason?: string;
  readonly marks: ReadonlySet<OrderMark>;
}

/** As the API and the order events show it. */
export function toPublicOrder({ id, status, createdAt, lines, subtotal, shipping, tax, total }: Order) {
  return { id, status, createdAt: createdAt.toISOString(), lines, subtotal, shipping, tax, total };
}

/**
 * What was done since the order's status became terminal: inventory committed or released the stock, the cart of a paid order was
 * updated, the customer got the response, the payment of a cancelled order was looked up once more.
 */
export type OrderMark = 'inventory_notified' | 'cart_updated' | 'customer_notified' | 'payment_checked';

export interface OrderEvent {
  /** A repeated publication has the same id. */
  readonly id: string;
  readonly type: 'order.paid' | 'order.cancelled';
  readonly at: Date;
  readonly order: Order;
}
