import type { CartItem } from '@badger-store/cart-cache';
import type { Generated, JSONColumnType } from 'kysely';
import type { OrderLine, OrderStatus } from '../domain/order';
import type { PaymentState } from '../domain/payment-provider';

export const checkoutSchema = 'checkout';

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
    /** A bigint, which the driver gives as text. */
    total_amount: string;
    currency: string;
    payment_id: string | null;
    created_at: Generated<Date>;
    settled_at: Date | null;
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
