/** What the errors of a cart have in common: `category` says what sort of failure it is, `code` is stable and for programs. */
export abstract class CartCacheError extends Error {
  abstract readonly category: 'invalid' | 'not-found' | 'unprocessable' | 'conflict' | 'unavailable';
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A token, id or quantity that no cart can have. */
export class InvalidCartInputError extends CartCacheError {
  readonly category = 'invalid';
  readonly code = 'INVALID_CART_INPUT';
}

export class ItemNotInCartError extends CartCacheError {
  readonly category = 'not-found';
  readonly code = 'ITEM_NOT_IN_CART';

  constructor(readonly lineId: string) {
    super(`Item ${lineId} is not in the cart.`);
  }
}

/** The change would take the cart over a limit; nothing was changed. */
export class CartLimitError extends CartCacheError {
  readonly category = 'unprocessable';

  constructor(
    readonly code: keyof typeof limitMessages,
    readonly limit: number,
  ) {
    super(limitMessages[code](limit));
  }
}

const limitMessages = {
  TOO_MANY_LINES: (limit: number) => `A cart holds at most ${limit} different lines.`,
  TOO_MANY_OF_ITEM: (limit: number) => `A cart holds at most ${limit} of one item.`,
  TOO_MANY_IDEMPOTENCY_KEYS: (limit: number) => `A cart remembers at most ${limit} idempotency keys at a time.`,
};

/** The idempotency key was used for another add. */
export class IdempotencyKeyReusedError extends CartCacheError {
  readonly category = 'unprocessable';
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor(readonly idempotencyKey: string) {
    super('The idempotency key was used for another add.');
  }
}

export class EmptyCartError extends CartCacheError {
  readonly category = 'invalid';
  readonly code = 'EMPTY_CART';

  constructor() {
    super('There are no lines in your cart!');
  }
}

/** Another attempt holds the checkout lock of this cart. */
export class CheckoutInProgressError extends CartCacheError {
  readonly category = 'conflict';
  readonly code = 'CHECKOUT_IN_PROGRESS';

  constructor(
    /** How long the lease of that attempt still runs, unless it is renewed. */ readonly retryAfterMs: number,
  ) {
    super('A checkout of this cart is in progress.');
  }

  /** For `Retry-After`: this passes by waiting. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.retryAfterMs / 1000));
  }
}
