/** Errors that a caller is meant to read. */
class IdentityError extends Error {
  constructor(
    readonly category: 'invalid' | 'unauthenticated' | 'conflict' | 'rate-limited',
    readonly code: string,
    message: string,
    readonly retryAfterSeconds?: number,
    readonly extensions?: Record<string, unknown>,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The same for an unknown email and a wrong password. */
export class WrongCredentialsError extends IdentityError {
  constructor() {
    super('unauthenticated', 'WRONG_CREDENTIALS', 'The email or the password is wrong.');
  }
}

export class EmailTakenError extends IdentityError {
  constructor() {
    super(
      'conflict',
      'EMAIL_TAKEN',
      'An account with this email exists, and its password is different. Sign in instead.',
    );
  }
}

export class WeakPasswordError extends IdentityError {
  constructor(path: string, message: string) {
    const errors = [{ path, message }];
    super('invalid', 'WEAK_PASSWORD', 'Choose another password; see errors.', undefined, { errors });
  }
}

export class InvalidRefreshTokenError extends IdentityError {
  constructor() {
    super('unauthenticated', 'INVALID_REFRESH_TOKEN', 'The refresh token is invalid, or its session has ended.');
  }
}

export class TooManyAttemptsError extends IdentityError {
  constructor(retryAfterMs: number) {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super('rate-limited', 'TOO_MANY_ATTEMPTS', `Too many attempts failed. Retry after ${seconds} seconds.`, seconds);
  }
}
