import type { Money } from './order';

/** How the customer pays: a method the store offers, and what the provider's own form gave the page for it. */
export interface Payment {
  readonly method: string;
  readonly token: string;
}

/**
 * `created`: nothing was charged, and nothing will be unless it is confirmed. `processing`: the provider is at it.
 * The other three are terminal: they never change again.
 */
export type PaymentState = 'created' | 'processing' | 'charged' | 'declined' | 'cancelled';

/**
 * A payment provider. `create` charges nothing and gives the same payment again for the same order; only `confirm` charges,
 * at most once; `cancel` is terminal unless the payment is charged or declined already. Each resolves to the state afterwards.
 * A rejection or a time-out says nothing about the state: `lookup` does.
 */
export interface PaymentProvider {
  create(orderId: string, amount: Money, payment: Payment): Promise<{ paymentId: string }>;
  confirm(paymentId: string, signal: AbortSignal): Promise<PaymentState>;
  lookup(paymentId: string): Promise<PaymentState>;
  cancel(paymentId: string): Promise<PaymentState>;
}
