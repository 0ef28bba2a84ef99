import { ServiceError } from '@badger-store/service-kit';
import type { Shortage } from '@badger-store/store-api';

/** Nothing was charged. */
export class OutOfStockError extends ServiceError {
  constructor(readonly lines: readonly Shortage[]) {
    const message = `Not available in the requested quantity: ${joinIds(lines)}. Reduce the quantity, and check out again.`;
    super('conflict', 'OUT_OF_STOCK', message, { extensions: { lines } });
  }
}

/** Nothing was charged. */
export class PaymentDeclinedError extends ServiceError {
  /** `reason` is the provider's code, such as `insufficient_funds`. */
  constructor(orderId: string, reason?: string) {
    const message = 'The payment was declined. Nothing was charged, and the cart is unchanged. Try another payment.';
    super('payment-required', 'PAYMENT_DECLINED', message, { extensions: { orderId, reason } });
  }
}

/** The customer may have been charged. The next checkout or the sweeper finds out. */
export class CheckoutOutcomeUnknownError extends ServiceError {
  /** `orderId` is undefined before the payment began. */
  constructor(cause: unknown, orderId?: string) {
    const message =
      'The outcome of the checkout is not known yet. Retry after 5 seconds, or read the order that orderId names.';
    super('unavailable', 'CHECKOUT_OUTCOME_UNKNOWN', message, {
      cause,
      retryAfterSeconds: 5,
      extensions: { orderId },
    });
  }
}

export const joinIds = (lines: readonly { readonly id: string }[]): string => lines.map(({ id }) => id).join(', ');
