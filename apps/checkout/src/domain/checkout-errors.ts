import type { Money, OrderLine } from './order';

export interface Shortage {
  readonly id: string;
  readonly requested: number;
  readonly available: number;
}

/** Why a checkout was rejected. Nothing was charged. The message is for the customer. */
class CheckoutError<Extensions extends object> extends Error {
  constructor(
    readonly category: string,
    readonly code: string,
    message: string,
    /** Further members of the problem. */
    readonly extensions: Extensions,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

export class OutOfStockError extends CheckoutError<{ readonly lines: readonly Shortage[] }> {
  constructor(lines: readonly Shortage[]) {
    const message = `Not available in the requested quantity: ${joinIds(lines)}. Reduce the quantity, and check out again.`;
    super('conflict', 'OUT_OF_STOCK', message, { lines });
  }
}

export class InvalidPriceError extends CheckoutError<{ readonly lines: readonly { id: string; price: Money }[] }> {
  constructor(lines: readonly { id: string; price: Money }[]) {
    const message = `The catalogue has no valid price for ${joinIds(lines)}. Remove these items, and check out again.`;
    super('conflict', 'INVALID_PRICE', message, { lines });
  }
}

export class MixedCurrenciesError extends CheckoutError<{
  readonly lines: readonly { id: string; currency: string }[];
}> {
  constructor(lines: readonly OrderLine[]) {
    const message = 'The cart has prices in several currencies. Keep the items of one currency, and check out again.';
    super('conflict', 'MIXED_CURRENCIES', message, {
      lines: lines.map(({ id, unitPrice }) => ({ id, currency: unitPrice.currency })),
    });
  }
}

/** The total cannot be calculated and charged exactly. */
export class TotalTooLargeError extends CheckoutError<{
  readonly lines: readonly Pick<OrderLine, 'id' | 'quantity' | 'unitPrice'>[];
}> {
  constructor(lines: readonly OrderLine[]) {
    const message = 'The total is too large. Reduce the quantities, or remove items.';
    super('unprocessable', 'TOTAL_TOO_LARGE', message, {
      lines: lines.map(({ id, quantity, unitPrice }) => ({ id, quantity, unitPrice })),
    });
  }
}

export class PaymentDeclinedError extends CheckoutError<{ readonly orderId: string; readonly reason?: string }> {
  /** `reason` is the provider's code, such as `insufficient_funds`. */
  constructor(orderId: string, reason?: string) {
    const message = 'The payment was declined. Nothing was charged, and the cart is unchanged. Try another payment.';
    super('payment-required', 'PAYMENT_DECLINED', message, reason === undefined ? { orderId } : { orderId, reason });
  }
}

export class PriceChangedError extends CheckoutError<{ readonly total: Money }> {
  constructor(total: Money) {
    const message = 'The total is not the expectedTotal any more. Confirm the new total, and check out again.';
    super('conflict', 'PRICE_CHANGED', message, { total });
  }
}

export class IdempotencyKeyReusedError extends CheckoutError<object> {
  constructor() {
    const message = 'This Idempotency-Key was used with another request body. Use a new key.';
    super('unprocessable', 'IDEMPOTENCY_KEY_REUSED', message, {});
  }
}

export class GuestSignedInError extends CheckoutError<object> {
  constructor() {
    super('unauthenticated', 'INVALID_TOKEN', "This guest has signed in. Use the userToken of the user's session.", {});
  }
}

/** The customer may have been charged. The next checkout or the sweeper finds out. */
export class CheckoutOutcomeUnknownError extends Error {
  override readonly name = 'CheckoutOutcomeUnknownError';
  readonly code = 'CHECKOUT_OUTCOME_UNKNOWN';

  constructor(
    cause: unknown,
    /** Undefined before the payment began. */
    readonly orderId?: string,
  ) {
    super('The outcome of the checkout is not known yet.', { cause });
  }
}

const joinIds = (lines: readonly { readonly id: string }[]): string => lines.map(({ id }) => id).join(', ');
