import { randomBytes } from 'node:crypto';

/** What is fixed when a session begins; nothing raises its scopes afterwards. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'guest' | 'user';
  readonly email?: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly apiKeyId?: string;
  /** How long it lives on without a refresh. */
  readonly ttlMs: number;
}

/** A guest whose cart and orders are still to be handed over to the user who signed in. */
export interface StoredSession {
  readonly session: Session;
  readonly guestId?: string;
}

export type Rotation =
  /** The token was the current one and has been replaced, or has been replaced a moment ago by a successor that is unused. */
  | { readonly outcome: 'rotated'; readonly currentHash: string }
  /** The token was used up before: the session has been ended. */
  | { readonly outcome: 'reused' }
  | { readonly outcome: 'unknown' };

/** Sessions by the hash of their refresh tokens. Every call is one atomic step. */
export interface Sessions {
  begin(session: Session, tokenHash: string, guestId?: string): Promise<void>;
  find(sessionId: string): Promise<StoredSession | undefined>;
  rotate(sessionId: string, tokenHash: string, successorHash: string, ttlMs: number): Promise<Rotation>;
  /** Nothing of the guest is left to hand over. */
  handedOver(sessionId: string, guestId: string): Promise<void>;
  end(sessionId: string): Promise<void>;
}

export const newSessionId = (): string => randomBytes(16).toString('base64url');
