import { randomBytes } from 'node:crypto';
import type { Account } from './account';

/** What is fixed when a session begins; nothing raises its scopes afterwards. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'guest' | 'user';
  readonly scopes: readonly string[];
  readonly apiKeyId?: string;
  /** The user's when the session began or changed the password; 0 for a guest. */
  readonly sessionVersion: number;
  /** Both in ms since the epoch. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

export const newSessionId = (): string => randomBytes(16).toString('base64url');

/** A refresh token with a valid signature; its session may have ended. */
export interface PresentedToken {
  readonly sessionId: string;
  /** Counts the tokens of a session, from 1. */
  readonly generation: number;
  /** In a guest's first token, the only record of that session. */
  readonly guest?: Session;
}

/** What proves at register or login which guest sent the request. */
export type GuestProof =
  /** From an access token, whose session may have ended. */
  | { readonly session: Session }
  | { readonly refreshToken: PresentedToken }
  /** The request named a guest, without a valid proof. */
  | { readonly expired: true };

export type NotMigratedReason = 'expired' | 'session_ended' | 'belongs_to_another_user';

export type GuestOutcome =
  | { readonly guestId: string }
  | { readonly notMigrated: NotMigratedReason }
  /** The session is a user's. */
  | undefined;

/** Every call is one transaction. */
export interface Sessions {
  /**
   * Begins a user's session, records the guest migration and ends the guest's session. A guest belongs to the first user who signed in.
   * Resolves to `undefined`, and changes nothing, if the account's session version was raised since the password was verified.
   */
  signIn(session: Session, guest: GuestProof | undefined): Promise<{ readonly guest: GuestOutcome } | undefined>;
  /** Replaces a refresh token (see `nextGeneration`). Resolves to `undefined` if the session has ended; a reused token ends it. */
  refresh(token: PresentedToken, ttlMs: Record<Session['kind'], number>): Promise<RefreshedSession | undefined>;
  /** Idempotent. */
  end(session: Session | PresentedToken): Promise<void>;
  endAll(userId: string): Promise<void>;
  /**
   * Replaces the password, and ends the user's other sessions. Resolves to `false`, and changes nothing, if the account's session
   * version was raised since the password was verified, or the session has ended.
   */
  changePassword(account: Account, passwordHash: string, sessionId: string): Promise<boolean>;
  /**
   * Deletes the account, its sessions and its guest migrations, and records the deletion of its cart and of the carts of guests that were
   * being migrated. Resolves to the ids of these carts; to none if the account was deleted before, or to `undefined`, and changes nothing,
   * if the account's session version was raised since the password was verified, or the session has ended.
   */
  deleteAccount(account: Account, sessionId: string): Promise<readonly string[] | undefined>;
  /** Deletes a batch of sessions whose refresh tokens have expired. */
  purge(): Promise<void>;
}

export interface RefreshedSession {
  readonly session: Session;
  readonly email?: string;
  /** Of the new refresh token. */
  readonly generation: number;
}

const graceMs = 30_000;

/**
 * The generation of the token that follows the presented one, by the rules of docs/security.md ("Tokens and keys"); `undefined` if that
 * was reused, so the session must end.
 */
export function nextGeneration(
  current: { readonly generation: number; readonly previous: number; readonly msSinceRotation: number },
  presented: number,
): number | undefined {
  if (presented === current.generation) return presented + 1;
  if (presented !== current.previous) return undefined;
  return current.msSinceRotation <= graceMs ? current.generation : current.generation + 1;
}
