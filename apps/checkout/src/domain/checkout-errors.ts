import type { Money, OrderLine } from './order';

export interface Shortage {
  readonly id: string;
  readonly requested: number;
  readonly available: number;
}

/** Some lines cannot be had in the quantity wanted; nothing was charged. */
export class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
  readonly category = 'conflict';
  readonly code = 'OUT_OF_STOCK';
  readonly extensions: { readonly lines: readonly Shortage[] };

  constructor(lines: readonly Shortage[]) {
    super(`Not available as wanted: ${idsOf(lines)}.`);
    this.extensions = { lines };
  }
}

/** The catalogue's prices of some lines are no amounts of money; nothing was charged. */
export class InvalidPriceError extends Error {
  override readonly name = 'InvalidPriceError';
  readonly category = 'conflict';
  readonly code = 'INVALID_PRICE';
  readonly extensions: { readonly lines: readonly { readonly id: string; readonly price: Money }[] };

  constructor(lines: InvalidPriceError['extensions']['lines']) {
    super(`The catalogue has no valid price for ${idsOf(lines)}. Remove these lines, and check out again.`);
    this.extensions = { lines };
  }
}

/** An order has one currency; nothing was charged. */
export class MixedCurrenciesError extends Error {
  override readonly name = 'MixedCurrenciesError';
  readonly category = 'conflict';
  readonly code = 'MIXED_CURRENCIES';
  readonly extensions: { readonly lines: readonly { readonly id: string; readonly currency: string }[] };

  constructor(lines: readonly OrderLine[]) {
    super('The prices of the cart are in several currencies. Remove the lines in all currencies but one.');
    this.extensions = { lines: lines.map(({ id, unitPrice }) => ({ id, currency: unitPrice.currency })) };
  }
}

/** The total is more than can be calculated and charged exactly; nothing was charged. */
export class TotalTooLargeError extends Error {
  override readonly name = 'TotalTooLargeError';
  readonly category = 'unprocessable';
  readonly code = 'TOTAL_TOO_LARGE';
  readonly extensions: { readonly lines: readonly Pick<OrderLine, 'id' | 'quantity' | 'unitPrice'>[] };

  constructor(lines: readonly OrderLine[]) {
    super('The total is too large. Reduce the quantities, or remove lines.');
    this.extensions = { lines: lines.map(({ id, quantity, unitPrice }) => ({ id, quantity, unitPrice })) };
  }
}

/** The provider declined; nothing was charged. */
export class PaymentDeclinedError extends Error {
  override readonly name = 'PaymentDeclinedError';
  readonly category = 'payment-required';
  readonly code = 'PAYMENT_DECLINED';
  readonly extensions: { readonly orderId: string; readonly reason?: string };

  /** `reason` is the provider's word for programs, where it gave one. */
  constructor(orderId: string, reason?: string) {
    super('The payment was declined. Nothing was charged; your cart is as it was.');
    this.extensions = { orderId, ...(reason === undefined ? {} : { reason }) };
  }
}

/** The order would come to another total than the customer saw; nothing was charged. */
export class PriceChangedError extends Error {
  override readonly name = 'PriceChangedError';
  readonly category = 'conflict';
  readonly code = 'PRICE_CHANGED';
  readonly extensions: { readonly total: Money };

  constructor(total: Money) {
    super('The total is another one by now. Look at it, and check out again.');
    this.extensions = { total };
  }
}

/** The idempotency key came with another body before; nothing was done. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  readonly category = 'unprocessable';
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('This Idempotency-Key came with another body before. Take a new one.');
  }
}

/** The guest became a user, and the cart is on its way into the user's; nothing was charged. */
export class GuestSignedInError extends Error {
  override readonly name = 'GuestSignedInError';
  readonly category = 'unauthenticated';
  readonly code = 'INVALID_TOKEN';

  constructor() {
    super('This guest has signed in. Check out with the userToken of that session.');
  }
}

/** Whether the order went through is not known yet: the next checkout or the sweeper finds out. */
export class CheckoutOutcomeUnknownError extends Error {
  override readonly name = 'CheckoutOutcomeUnknownError';
  readonly code = 'CHECKOUT_OUTCOME_UNKNOWN';

  constructor(
    cause: unknown,
    /** The order by which to see how it ends, where the payment was begun. */
    readonly orderId?: string,
  ) {
    super('The outcome of the order is not known yet.', { cause });
  }
}

const idsOf = (lines: readonly { readonly id: string }[]): string => lines.map(({ id }) => id).join(', ');
