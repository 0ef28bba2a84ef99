import type { Money } from './order';

/** How the customer pays: a method the store offers, and what the provider's own form gave the page for it. */
export interface Payment {
  readonly method: string;
  readonly token: string;
}

/**
 * `created`: nothing was charged, and nothing will be unless it is confirmed. `processing`: the provider is at it.
 * `declined` and `cancelled` never change again; `charged` only to `refunded`, and that never again.
 */
export type PaymentState = 'created' | 'processing' | 'charged' | 'declined' | 'cancelled' | 'refunded';

export interface PaymentStatus {
  readonly state: PaymentState;
  /** Why it was declined, as the provider's word for programs: `insufficient_funds`. */
  readonly reason?: string;
}

/**
 * A payment provider. `create` charges nothing and gives the same payment again for the same order; only `confirm` charges,
 * at most once; `cancel` changes nothing that is terminal or charged, and may find that it comes too late (`processing`); `refund`
 * gives back all that was charged, at most once. Each but `create` resolves to the status afterwards.
 * Each settles once its signal aborts. A rejection says nothing about the status: `lookup` does.
 */
export interface PaymentProvider {
  create(orderId: string, amount: Money, payment: Payment, signal: AbortSignal): Promise<{ paymentId: string }>;
  confirm(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  lookup(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  cancel(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
  refund(paymentId: string, signal: AbortSignal): Promise<PaymentStatus>;
}

/** Finds the provider of a payment method, also of one that is no longer offered; throws where there is none. */
export interface PaymentProviders {
  of(method: string): PaymentProvider;
}

/** Thrown by `create`: nothing can be charged to this payment, and nothing was. */
export class PaymentRefusedError extends Error {
  override readonly name = 'PaymentRefusedError';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The provider refuses this payment: ${reason}`, options);
  }
}
