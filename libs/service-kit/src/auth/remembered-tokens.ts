import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { User } from './user';

/** What a check of the signature found out, so that it need not be made again. */
export interface VerifiedToken {
  readonly user: User;
  readonly kid: string;
  /** With which it was signed. */
  readonly key: KeyObject;
  /** In s since the epoch, as the claims `nbf` and `exp` have them. */
  readonly notBefore?: number;
  readonly expiresAt: number;
}

export interface RememberedTokens {
  find(token: string): VerifiedToken | undefined;
  remember(token: string, verified: VerifiedToken): void;
  forget(token: string): void;
}

export interface MemoryLimits {
  /** Default 10,000. */
  readonly mostTokens?: number;
  /** Of all remembered tokens together; default 8 Mi. */
  readonly mostCharacters?: number;
}

/** The tokens that were used last; which of them still count is for the verifier to say. */
export function rememberTokens({
  mostTokens = 10_000,
  mostCharacters = 8 * 1024 * 1024,
}: MemoryLimits): RememberedTokens {
  const tokens = new LRUCache<string, VerifiedToken>({
    max: mostTokens,
    maxSize: mostCharacters,
    sizeCalculation: (_verified, token) => token.length,
  });
  return {
    find: (token) => tokens.get(token),
    remember: (token, verified) => void tokens.set(token, verified),
    forget: (token) => void tokens.delete(token),
  };
}
