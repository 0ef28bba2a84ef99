import { randomBytes } from 'node:crypto';
import type { Account } from './account';

/** What is fixed when a session begins; nothing raises its scopes afterwards. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'guest' | 'user';
  readonly scopes: readonly string[];
  readonly apiKeyId?: string;
  /** Of a user, as it was when the session began or changed the password; 0 of a guest. */
  readonly sessionVersion: number;
  /** Milliseconds since the epoch, both. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

export const newSessionId = (): string => randomBytes(16).toString('base64url');

/** A refresh token that one of our secrets made; whether its session goes on is another question. */
export interface PresentedToken {
  readonly sessionId: string;
  /** Counts the tokens of a session, from 1. */
  readonly generation: number;
  /** In a guest's first token alone, which is the only record of that session. */
  readonly guest?: Session;
}

/** By what a request at register or login proves which guest it comes from. */
export type GuestProof =
  /** A userToken that is valid, whatever has become of its session. */
  | { readonly session: Session }
  /** A refresh token. */
  | { readonly refreshToken: PresentedToken }
  /** Nothing that is valid any more. */
  | { readonly expired: true };

/** Why a guest's cart and orders did not come along. */
export type NotMigratedReason = 'expired' | 'session_ended' | 'belongs_to_another_user';

export type GuestOutcome =
  | { readonly guestId: string }
  | { readonly notMigrated: NotMigratedReason }
  /** Who asked is no guest. */
  | undefined;

/** Sessions, with what ends or follows from them. Every call is one transaction. */
export interface Sessions {
  /**
   * Begins a user's session. A guest who is proven becomes that user, unless the guest became another one before: the migration is
   * recorded, and the guest's session ends. Resolves to `undefined`, and does nothing, when the account's session version was
   * raised since the password was verified.
   */
  signIn(session: Session, guest: GuestProof | undefined): Promise<{ readonly guest: GuestOutcome } | undefined>;
  /**
   * Replaces a refresh token (see `nextGeneration`). Resolves to `undefined` when the session has ended, and after it ended the session
   * because the token was used up before.
   */
  refresh(token: PresentedToken, ttlMs: Record<Session['kind'], number>): Promise<RefreshedSession | undefined>;
  /** Ends a session, that of a guest too who never refreshed it. Safe to repeat. */
  end(session: Session | PresentedToken): Promise<void>;
  /** Ends every session of a user. */
  endAll(userId: string): Promise<void>;
  /**
   * Replaces the password that was verified, and ends the user's other sessions. Resolves to `false`, and changes nothing, when the
   * account's session version was raised since, or the session has ended.
   */
  changePassword(account: Account, passwordHash: string, sessionId: string): Promise<boolean>;
  /** Forgets sessions whose refresh tokens have all expired; a bounded number. */
  purge(): Promise<void>;
}

export interface RefreshedSession {
  readonly session: Session;
  readonly email?: string;
  /** Of the refresh token that is current now. */
  readonly generation: number;
}

/** How long a token that was just replaced gives the same successor again. */
const graceMs = 30_000;

/**
 * Which token follows the one presented. The current one is replaced. The one before it gives the same successor again for 30 s (a lost
 * response, a second tab); later, since that successor was never used, a new one, and the skipped one counts as used. Any other was
 * used up: `undefined`, the session has to end. So an owner whose response was lost goes on, and a thief and an owner who take
 * turns are noticed at the second refresh (RFC 9700, section 4.14.2).
 */
export function nextGeneration(
  current: { readonly generation: number; readonly previous: number; readonly msSinceRotation: number },
  presented: number,
): number | undefined {
  if (presented === current.generation) return presented + 1;
  if (presented !== current.previous) return undefined;
  return current.msSinceRotation <= graceMs ? current.generation : current.generation + 1;
}
