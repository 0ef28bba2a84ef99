import { brand, BrandedError } from '@badger-store/redis-kit';

/**
 * The base class of all errors that the carts throw, `RedisUnavailableError` and `InvalidOptionError` included. `category` is the sort
 * of failure, `code` is stable and for programs. `instanceof` also works between the ES module and the CommonJS copy of this package.
 *
 * @example
 * app.use((error, _req, res, next) => {
 *   if (!(error instanceof CartError)) return next(error);
 *   const statuses = { invalid: 400, 'not-found': 404, conflict: 409, 'precondition-failed': 412, unprocessable: 422, unavailable: 503 };
 *   res.status(statuses[error.category]).json({ code: error.code, message: error.message });
 * });
 */
export abstract class CartError extends BrandedError {
  static {
    brand(this, 'CartError');
  }
  abstract readonly category:
    'invalid' | 'not-found' | 'unprocessable' | 'conflict' | 'precondition-failed' | 'unavailable';
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A cart id, line id, quantity or data that no cart can have. Redis was not asked. */
export class InvalidCartInputError extends CartError {
  static {
    brand(this, 'InvalidCartInputError');
  }
  readonly category = 'invalid';
  readonly code = 'INVALID_CART_INPUT';
}

/** The line to change or to remove is not in the cart. */
export class ItemNotInCartError extends CartError {
  static {
    brand(this, 'ItemNotInCartError');
  }
  readonly category = 'not-found';
  readonly code = 'ITEM_NOT_IN_CART';

  constructor(readonly lineId: string) {
    super(`Item ${lineId} is not in the cart.`);
  }
}

/** The change would exceed a limit of the cart. Nothing was changed. */
export class CartLimitError extends CartError {
  static {
    brand(this, 'CartLimitError');
  }
  readonly category = 'unprocessable';

  constructor(
    readonly code: keyof typeof limitMessages,
    readonly limit: number,
  ) {
    super(limitMessages[code](limit));
  }
}

const limitMessages = {
  TOO_MANY_LINES: (limit: number) => `A cart holds at most ${limit} lines.`,
  TOO_MANY_OF_ITEM: (limit: number) => `A cart holds at most ${limit} of one item.`,
  DATA_TOO_LARGE: (limit: number) => `The data of a line or a cart has at most ${limit} bytes.`,
  TOO_MANY_IDEMPOTENCY_KEYS: (limit: number) => `A cart remembers at most ${limit} idempotency keys at a time.`,
};

/** The idempotency key was used for another add, within the last 10 minutes. Nothing was changed. */
export class IdempotencyKeyReusedError extends CartError {
  static {
    brand(this, 'IdempotencyKeyReusedError');
  }
  readonly category = 'unprocessable';
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor(readonly idempotencyKey: string) {
    super('The idempotency key was used for another add.');
  }
}

/** A cart without lines cannot be checked out. */
export class EmptyCartError extends CartError {
  static {
    brand(this, 'EmptyCartError');
  }
  readonly category = 'invalid';
  readonly code = 'EMPTY_CART';

  constructor() {
    super('There are no items in your cart!');
  }
}

/** Another attempt holds the checkout lock of the cart. */
export class CheckoutInProgressError extends CartError {
  static {
    brand(this, 'CheckoutInProgressError');
  }
  readonly category = 'conflict';
  readonly code = 'CHECKOUT_IN_PROGRESS';

  constructor(
    /** The time until the lock ends, unless the other attempt extends it. */
    readonly retryAfterMs: number,
  ) {
    super('A checkout of this cart is in progress.');
  }

  /** For the header `Retry-After`. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.retryAfterMs / 1000));
  }
}

/** The cart does not have the version that the change was for; nothing was changed. Read the cart again. */
export class CartVersionConflictError extends CartError {
  static {
    brand(this, 'CartVersionConflictError');
  }
  readonly category = 'precondition-failed';
  readonly code = 'CART_VERSION_CONFLICT';

  constructor() {
    super('The cart was changed by another request. Read the cart and try again.');
  }
}
