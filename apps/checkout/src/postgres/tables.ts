import type { CartLine } from '@badger-store/cart-cache';
import type { OrderLine, OrderStatus, Shortage } from '@badger-store/store-api';
import type { Generated, GeneratedAlways, JSONColumnType, Selectable } from 'kysely';
import type { Order, OrderMark } from '../domain/order';
import type { PaymentState } from '../domain/payment-provider';

export const checkoutSchema = 'checkout';

/** A bigint, which the driver reads as text. */
type Amount = string;

export interface CheckoutTables {
  orders: {
    id: string;
    user_id: string;
    cart_id: string;
    cart_version: string;
    cart_items: JSONColumnType<CartLine[]>;
    status: OrderStatus;
    attempt_id: string;
    attempts: Generated<number>;
    lines: JSONColumnType<OrderLine[]>;
    shipping_amount: Amount;
    tax_amount: Amount;
    total_amount: Amount;
    subtotal_amount: GeneratedAlways<Amount>;
    currency: string;
    payment_method: string;
    payment_id: string | null;
    decline_reason: string | null;
    created_at: Generated<Date>;
    inventory_notified_at: Date | null;
    cart_updated_at: Date | null;
    customer_notified_at: Date | null;
    payment_checked_at: Date | null;
    next_sweep_at: Generated<Date>;
    finished: GeneratedAlways<boolean>;
  };
  order_events: {
    id: Generated<string>;
    position: GeneratedAlways<string>;
    order_id: string;
    type: 'order.paid' | 'order.cancelled';
    created_at: Generated<Date>;
  };
  idempotency_keys: {
    user_id: string;
    key: string;
    body_hash: string;
    order_id: string | null;
    shortages: JSONColumnType<Shortage[]> | null;
    created_at: Generated<Date>;
  };
  migrated_carts: {
    cart_id: string;
    migrated_at: Generated<Date>;
  };
  test_payments: {
    id: Generated<string>;
    order_id: string;
    token: string;
    amount: Amount;
    currency: string;
    state: Generated<PaymentState>;
    reason: string | null;
    charges: Generated<number>;
  };
  invoices: {
    id: Generated<string>;
    order_id: string;
    amount: Amount;
    currency: string;
    reference: string;
    state: Generated<'draft' | 'issued' | 'void' | 'credited'>;
    issued_at: Date | null;
    due_at: Date | null;
  };
}

export type OrderRow = Selectable<CheckoutTables['orders']>;

export const markColumns = {
  inventory_notified: 'inventory_notified_at',
  cart_updated: 'cart_updated_at',
  customer_notified: 'customer_notified_at',
  payment_checked: 'payment_checked_at',
} as const satisfies Record<OrderMark, keyof OrderRow>;

export function toOrder(row: OrderRow): Order {
  const money = (amount: Amount) => ({ amount: Number(amount), currency: row.currency });
  const marks = Object.keys(markColumns) as OrderMark[];
  return {
    id: row.id,
    userId: row.user_id,
    cartId: row.cart_id,
    status: row.status,
    createdAt: row.created_at,
    lines: row.lines,
    subtotal: money(row.subtotal_amount),
    shipping: money(row.shipping_amount),
    tax: money(row.tax_amount),
    total: money(row.total_amount),
    checkout: { checkoutId: row.id, lines: row.cart_items, cartVersion: row.cart_version },
    paymentMethod: row.payment_method,
    paymentId: row.payment_id ?? undefined,
    declineReason: row.decline_reason ?? undefined,
    marks: new Set(marks.filter((mark) => row[markColumns[mark]] !== null)),
  };
}
