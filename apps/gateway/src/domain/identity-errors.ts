import { ServiceError } from '@badger-store/service-kit';

/** The same for an unknown email and a wrong password. */
export class WrongCredentialsError extends ServiceError {
  constructor() {
    super('unauthenticated', 'WRONG_CREDENTIALS', 'The email or the password is wrong.');
  }
}

export class EmailTakenError extends ServiceError {
  constructor() {
    const message = 'An account with this email exists, and its password is different. Sign in instead.';
    super('conflict', 'EMAIL_TAKEN', message);
  }
}

export class InvalidRefreshTokenError extends ServiceError {
  constructor() {
    super('unauthenticated', 'INVALID_REFRESH_TOKEN', 'The refresh token is invalid, or its session has ended.');
  }
}

export class TooManyAttemptsError extends ServiceError {
  constructor(retryAfterMs: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    const message = `Too many attempts failed. Retry after ${retryAfterSeconds} seconds.`;
    super('rate-limited', 'TOO_MANY_ATTEMPTS', message, { retryAfterSeconds });
  }
}
