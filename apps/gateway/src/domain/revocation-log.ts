import type { SubjectRevocation } from './account';
import type { Session } from './session';

export type Revocation =
  | { readonly kind: 'session'; readonly id: string; readonly signedInAs?: string }
  | SubjectRevocation
  | { readonly kind: 'api-key'; readonly id: string };

/** Where revocations outlive Redis. */
export interface RevocationLog {
  add(revocation: Revocation): Promise<void>;
  /** Those of the last minutes, for which a userToken may still be valid. */
  recent(): Promise<Revocation[]>;
  isRevoked(session: Pick<Session, 'id' | 'userId' | 'startedAt' | 'apiKeyId'>): Promise<boolean>;
  /** Whether a guest's session ended by signing in as that user. */
  endedBySigningIn(sessionId: string, userId: string): Promise<boolean>;
}

/** Tells every service, through the feed that they follow. */
export type AnnounceRevocation = (revocation: Revocation) => Promise<void>;
