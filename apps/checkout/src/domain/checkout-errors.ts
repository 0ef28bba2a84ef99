export interface Shortage {
  readonly id: string;
  readonly requested: number;
  readonly available: number;
}

/** Some lines cannot be had in the quantity wanted; nothing was charged. */
export class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
  readonly kind = 'conflict';
  readonly code = 'OUT_OF_STOCK';
  readonly extensions: { readonly lines: readonly Shortage[] };

  constructor(lines: readonly Shortage[]) {
    super(`Not available as wanted: ${lines.map(({ id }) => id).join(', ')}.`);
    this.extensions = { lines };
  }
}

/** The provider declined; nothing was charged. */
export class PaymentDeclinedError extends Error {
  override readonly name = 'PaymentDeclinedError';
  readonly kind = 'payment-required';
  readonly code = 'PAYMENT_DECLINED';
  readonly extensions: { readonly orderId: string };

  constructor(orderId: string) {
    super('The payment was declined. Nothing was charged; your cart is as it was.');
    this.extensions = { orderId };
  }
}

/** The guest became a user, and the cart is on its way into the user's; nothing was charged. */
export class GuestSignedInError extends Error {
  override readonly name = 'GuestSignedInError';
  readonly kind = 'unauthenticated';
  readonly code = 'INVALID_TOKEN';

  constructor() {
    super('This guest has signed in. Check out with the userToken of that session.');
  }
}

/** Whether the payment went through is not known yet; the pending order says how it ends. */
export class PaymentUnknownError extends Error {
  override readonly name = 'PaymentUnknownError';

  constructor(
    readonly orderId: string,
    cause: unknown,
  ) {
    super('The payment provider did not answer in time.', { cause });
  }
}
