import { randomBytes } from 'node:crypto';

export interface Account {
  readonly id: string;
  /** As `z.email()` takes it, in lower case. */
  readonly email: string;
  readonly passwordHash: string;
}

export interface Accounts {
  /** Resolves to `undefined` when the email is taken. */
  add(account: Account): Promise<Account | undefined>;
  findByEmail(email: string): Promise<Account | undefined>;
  find(id: string): Promise<Account | undefined>;
  /** Changes the password and ends the user's other sessions, both or neither. */
  setPassword(id: string, passwordHash: string, others: SubjectRevocation): Promise<void>;
}

/** Ends the sessions of a user that began before a moment. */
export interface SubjectRevocation {
  readonly kind: 'subject';
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedBefore: number;
  readonly exceptSession?: string;
}

/** Opaque, and stable: it is also the key of the user's cart. */
export const newUserId = (): string => `u-${randomBytes(16).toString('base64url')}`;
export const newGuestId = (): string => `g-${randomBytes(16).toString('base64url')}`;
