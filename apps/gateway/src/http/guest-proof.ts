import { getBearerToken, type User, type VerifyAccessToken } from '@badger-store/service-kit';
import type { Request } from 'express';
import { decode } from 'jsonwebtoken';
import type { RefreshTokens } from '../domain/refresh-token';
import type { GuestProof, Session } from '../domain/session';
import type { RefreshCookie } from './cookies';

export interface GuestReaderParts {
  readonly verifyGuestToken: VerifyAccessToken;
  readonly refreshTokens: Pick<RefreshTokens, 'parse'>;
  readonly refreshCookie: Pick<RefreshCookie, 'read'>;
  readonly guestTtlMs: number;
}

/**
 * Reads which guest registers or signs in: from the access token, and if that has expired or is missing, from `guestRefreshToken` or
 * the refresh cookie. Resolves to `undefined` if the request names no guest. Rejects (401) if the access token was never valid.
 */
export function createGuestReader(parts: GuestReaderParts) {
  const { verifyGuestToken, refreshTokens, refreshCookie, guestTtlMs } = parts;

  return async (req: Request, guestRefreshToken: string | undefined): Promise<GuestProof | undefined> => {
    const user = req.headers.authorization === undefined ? undefined : await verifyUnlessExpired(getBearerToken(req));
    if (user && user !== 'expired') return user.kind === 'guest' ? { session: toSession(user, guestTtlMs) } : undefined;
    for (const token of [guestRefreshToken, refreshCookie.read(req)]) {
      const refreshToken = token === undefined ? undefined : refreshTokens.parse(token);
      if (refreshToken) return { refreshToken };
    }
    return user === 'expired' || guestRefreshToken !== undefined ? { expired: true } : undefined;
  };

  async function verifyUnlessExpired(token: string): Promise<User | 'expired'> {
    try {
      return await verifyGuestToken(token);
    } catch (error) {
      // An expired token grants nothing, so the signature of its `exp` does not matter.
      const claims = decode(token, { json: true });
      if (typeof claims?.exp === 'number' && claims.exp <= Date.now() / 1000) return 'expired';
      throw error;
    }
  }
}

/** The session of an access token. That of a guest who never refreshed is recorded from this. */
export function toSession(user: User, guestTtlMs: number): Session {
  const { id: userId, sessionId: id, kind, scopes, apiKeyId, sessionVersion, issuedAt } = user;
  const [startedAt, expiresAt] = [issuedAt * 1000, Date.now() + guestTtlMs];
  return { id, userId, kind, scopes: [...scopes], apiKeyId, sessionVersion, startedAt, expiresAt };
}
