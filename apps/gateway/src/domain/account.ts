import { randomBytes } from 'node:crypto';

export interface Account {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly passwordHash: string;
  /** Raised by a password change and by sign-out everywhere; sessions and access tokens with an older one are refused. */
  readonly sessionVersion: number;
}

export interface Accounts {
  /** Resolves to `undefined` when the email is taken. */
  add(account: Omit<Account, 'sessionVersion'>): Promise<Account | undefined>;
  findByEmail(email: string): Promise<Account | undefined>;
  find(id: string): Promise<Account | undefined>;
}

/** Stable: it is also the id of the user's cart. */
export const newUserId = (): string => `u-${randomBytes(16).toString('base64url')}`;
export const newGuestId = (): string => `g-${randomBytes(16).toString('base64url')}`;
