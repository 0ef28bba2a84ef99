import type { CartItem } from '@badger-store/cart-cache';
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Shortage } from '../domain/checkout-errors';
import type { OrderLine } from '../domain/order';
import type { OrderStatus } from '../domain/order';
import type { PaymentState } from '../domain/payment-provider';

export const checkoutSchema = 'checkout';

/** A bigint, which the driver gives as text. */
type Amount = string;

export interface CheckoutTables {
  orders: {
    id: string;
    user_id: string;
    cart_owner: string;
    status: OrderStatus;
    attempt_id: string;
    attempt: Generated<number>;
    cart_items: JSONColumnType<CartItem[]>;
    cart_incarnation: string;
    lines: JSONColumnType<OrderLine[]>;
    subtotal_amount: GeneratedAlways<Amount>;
    shipping_amount: Amount;
    tax_amount: Amount;
    total_amount: Amount;
    currency: string;
    payment_method: string;
    payment_id: string | null;
    decline_reason: string | null;
    created_at: Generated<Date>;
    settled_at: Date | null;
    stock_told_at: Date | null;
    customer_told_at: Date | null;
    payment_checked_at: Date | null;
    look_at: Generated<Date>;
    /** Nothing is left to do about it. */
    closed: GeneratedAlways<boolean>;
  };
  order_events: {
    id: Generated<string>;
    position: GeneratedAlways<string>;
    order_id: string;
    type: 'order.paid' | 'order.cancelled';
    created_at: Generated<Date>;
  };
  checkout_keys: {
    user_id: string;
    key: string;
    body_hash: string;
    order_id: string | null;
    shortages: JSONColumnType<Shortage[]> | null;
    created_at: Generated<Date>;
  };
  closed_carts: {
    cart_owner: string;
    closed_at: Generated<Date>;
  };
  test_payments: {
    id: Generated<string>;
    order_id: string;
    token: string;
    state: Generated<PaymentState>;
    amount: string | null;
    currency: string | null;
    reason: string | null;
    charges: Generated<number>;
  };
  invoices: {
    id: Generated<string>;
    order_id: string;
    amount: string;
    currency: string;
    reference: string;
    state: Generated<'draft' | 'issued' | 'void' | 'credited'>;
    issued_at: Date | null;
    due_at: Date | null;
  };
}
