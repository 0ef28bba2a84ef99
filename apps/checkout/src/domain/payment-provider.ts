import type { Money } from '@badger-store/store-api';

/** A method that the store accepts, and the token that the provider's own form gave the page. */
export interface Payment {
  readonly method: string;
  readonly token: string;
}

/**
 * `created`: nothing was charged, and nothing will be unless it is confirmed. `processing`: the provider
 * works on it. `declined`, `cancelled` and `refunded` are terminal; `charged` changes only to
 * `refunded`.
 */
export type PaymentState = 'created' | 'processing' | 'charged' | 'declined' | 'cancelled' | 'refunded';

export interface PaymentStatus {
  readonly state: PaymentState;
  /** The provider's code for why the payment was declined, such as `insufficient_funds`. */
  readonly reason?: string;
}

/**
 * `create` charges nothing, and returns the same payment again for the same order. `confirm` alone charges, at most once. `cancel`
 * changes no payment that is terminal or charged, and may come too late (`processing`). `refund` returns the whole charge, at most once.
 * Each call but `create` resolves to the status afterwards, and rejects once its signal aborts. After a rejection the status is
 * unknown: `lookup` reads it.
 */
export interface PaymentProvider {
  create(orderId: string, amount: Money, payment: Payment, signal: AbortSignal): Promise<{ paymentId: string }>;
  confirm(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  lookup(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  cancel(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  refund(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
}

/** Returns the provider of a payment method, also of a method that the store no longer accepts. */
export type GetProvider = (method: string) => PaymentProvider;

/** Thrown by `create`: the provider does not accept this payment. Nothing was charged. */
export class PaymentRefusedError extends Error {
  override readonly name = 'PaymentRefusedError';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The payment provider refused the payment: ${reason}`, options);
  }
}
