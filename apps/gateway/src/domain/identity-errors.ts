/** Errors that a caller is meant to read. Their `category` and `code` determine the response. */
class IdentityError extends Error {
  constructor(
    readonly category: 'invalid' | 'unauthenticated' | 'conflict' | 'rate-limited',
    readonly code: string,
    message: string,
    readonly retryAfterSeconds?: number,
    readonly extensions?: Record<string, unknown>,
  ) {
    super(message);
  }
}

/** One text for an unknown email and a wrong password. */
export class WrongCredentialsError extends IdentityError {
  override readonly name = 'WrongCredentialsError';
  constructor() {
    super('unauthenticated', 'WRONG_CREDENTIALS', 'The email or the password is wrong.');
  }
}

export class EmailTakenError extends IdentityError {
  override readonly name = 'EmailTakenError';
  constructor() {
    super('conflict', 'EMAIL_TAKEN', 'There is an account with this email already, and its password is another one.');
  }
}

export class WeakPasswordError extends IdentityError {
  override readonly name = 'WeakPasswordError';
  constructor(path: string, message: string) {
    super('invalid', 'WEAK_PASSWORD', 'Choose another password; see errors.', undefined, {
      errors: [{ path, message }],
    });
  }
}

export class InvalidRefreshTokenError extends IdentityError {
  override readonly name = 'InvalidRefreshTokenError';
  constructor() {
    super('unauthenticated', 'INVALID_REFRESH_TOKEN', 'The refresh token is not valid, or its session has ended.');
  }
}

export class TooManyAttemptsError extends IdentityError {
  override readonly name = 'TooManyAttemptsError';
  constructor(retryAfterMs: number) {
    super(
      'rate-limited',
      'TOO_MANY_ATTEMPTS',
      `Too many attempts failed. Retry after ${toSeconds(retryAfterMs)} s.`,
      toSeconds(retryAfterMs),
    );
  }
}

const toSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
