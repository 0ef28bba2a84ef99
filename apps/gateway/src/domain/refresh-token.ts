import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface RefreshToken {
  readonly sessionId: string;
  /** Counts the tokens of a session, from 1. */
  readonly generation: number;
  readonly text: string;
}

const form = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;

/**
 * Derives the refresh tokens of a session from a secret, so that a successor can be given again though only its hash is kept.
 * New tokens are made with the first secret; those of the others are still known, for a change of secrets without signing
 * anybody out.
 */
export function createRefreshTokens(secrets: readonly string[]) {
  const [current] = secrets;
  if (current === undefined) throw new Error('a secret is needed');
  const make = (secret: string, sessionId: string, generation: number): RefreshToken => {
    const mac = createHmac('sha256', secret).update(`refresh.${sessionId}.${generation}`).digest('base64url');
    return { sessionId, generation, text: `${sessionId}.${generation}.${mac}` };
  };
  return {
    first: (sessionId: string) => make(current, sessionId, 1),
    /** `undefined` unless one of the secrets made this text. */
    parse(text: string): RefreshToken | undefined {
      const [, sessionId = '', generation] = form.exec(text) ?? [];
      return secrets
        .map((secret) => make(secret, sessionId, Number(generation)))
        .find((token) => isSame(token.text, text));
    },
    successor: ({ sessionId, generation }: RefreshToken) => make(current, sessionId, generation + 1),
    /** The successor that was given before, possibly under a secret that has been replaced since. */
    knownSuccessor({ sessionId, generation }: RefreshToken, hash: string): RefreshToken | undefined {
      return secrets
        .map((secret) => make(secret, sessionId, generation + 1))
        .find((token) => isSame(hashOf(token), hash));
    },
  };
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

/** What is kept of a token. It is random enough that a plain hash does. */
export const hashOf = ({ text }: RefreshToken): string => createHash('sha256').update(text).digest('base64url');

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
