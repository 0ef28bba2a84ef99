import { brand, BrandedError } from './branded-error';

/**
 * An option has a value that it cannot have. It is thrown when the option is passed, so that a wrong setting stops a service at its
 * start. The message never holds a password.
 *
 * @example
 * createCarts({ redis: 'redis://127.0.0.1', ttlSeconds: Number(process.env.UNSET) });
 * // InvalidOptionError: ttlSeconds must be a whole number from 1 to 315360000, not NaN
 */
export class InvalidOptionError extends BrandedError {
  static {
    brand(this, 'InvalidOptionError', 'CartError');
  }
  override readonly name = 'InvalidOptionError';
  readonly category = 'invalid';
  readonly code = 'INVALID_OPTION';

  constructor(
    /** The name of the option, such as `ttlSeconds` or `tls.caFile`. */
    readonly option: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${option} ${problem}`, options);
  }
}
