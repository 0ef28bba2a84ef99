import type { Selectable } from 'kysely';
import type { Order, OrderMark } from '../domain/order';
import type { CheckoutTables } from './tables';

export type OrderRow = Selectable<CheckoutTables['orders']>;

/** The column with the time of each mark. */
export const markColumns = {
  inventory_notified: 'stock_told_at',
  cart_updated: 'settled_at',
  customer_notified: 'customer_told_at',
  payment_checked: 'payment_checked_at',
} as const satisfies Record<OrderMark, keyof OrderRow>;

export function toOrder(row: OrderRow): Order {
  const money = (amount: string) => ({ amount: Number(amount), currency: row.currency });
  const marks = Object.keys(markColumns) as OrderMark[];
  return {
    id: row.id,
    userId: row.user_id,
    cartOwner: row.cart_owner,
    status: row.status,
    createdAt: row.created_at,
    lines: row.lines,
    subtotal: money(row.subtotal_amount),
    shipping: money(row.shipping_amount),
    tax: money(row.tax_amount),
    total: money(row.total_amount),
    checkout: { checkoutId: row.id, items: row.cart_items, incarnation: row.cart_incarnation },
    paymentMethod: row.payment_method,
    paymentId: row.payment_id ?? undefined,
    declineReason: row.decline_reason ?? undefined,
    marks: new Set(marks.filter((mark) => row[markColumns[mark]] !== null)),
  };
}
