import { bearerOf, isOwnSite, type User, type VerifyUserToken } from '@badger-store/service-kit';
import type { Request } from 'express';
import { decode } from 'jsonwebtoken';
import { z } from 'zod';
import type { RefreshTokens } from '../domain/refresh-token';
import type { GuestProof, Session } from '../domain/session';
import type { RefreshCookie } from './refresh-cookie';

export interface GuestReaderParts {
  readonly verifyGuestToken: VerifyUserToken;
  readonly refreshTokens: Pick<RefreshTokens, 'parse'>;
  readonly cookie: Pick<RefreshCookie, 'read'>;
  readonly firstPartyOrigins: readonly string[];
  readonly guestTtlMs: number;
}

const expiredClaims = z.object({ exp: z.number() });

/**
 * Reads which guest registers or signs in: by the userToken, and where that is no longer good, by `guestRefreshToken` or the refresh
 * cookie. Resolves to `undefined` where the request names no guest. A userToken that never was one is refused (401).
 */
export function createGuestReader(parts: GuestReaderParts) {
  const { verifyGuestToken, refreshTokens, cookie, firstPartyOrigins, guestTtlMs } = parts;

  return async (req: Request, guestRefreshToken: string | undefined): Promise<GuestProof | undefined> => {
    const user = req.headers.authorization === undefined ? undefined : await userOrExpired(bearerOf(req));
    if (user && user !== 'expired') return user.kind === 'guest' ? { session: toSession(user, guestTtlMs) } : undefined;
    const fromCookie = isOwnSite(req, firstPartyOrigins) ? cookie.read(req) : undefined;
    const tokens = [guestRefreshToken, fromCookie].map((text) => text !== undefined && refreshTokens.parse(text));
    const refreshToken = tokens.find((token) => token !== false && token !== undefined);
    if (refreshToken) return { refreshToken };
    return user === 'expired' || guestRefreshToken !== undefined ? { expired: true } : undefined;
  };

  async function userOrExpired(token: string): Promise<User | 'expired'> {
    try {
      return await verifyGuestToken(token);
    } catch (error) {
      // Of a token that says so itself nothing else is believed, so nobody gains by claiming it.
      const claims = expiredClaims.safeParse(decode(token));
      if (claims.success && claims.data.exp <= Date.now() / 1000) return 'expired';
      throw error;
    }
  }
}

/** What a userToken says of its session. A guest who never refreshed has the session recorded from this. */
export function toSession(user: User, guestTtlMs: number): Session {
  const { id: userId, sessionId: id, kind, scopes, apiKeyId, sessionVersion, issuedAt } = user;
  const [startedAt, expiresAt] = [issuedAt * 1000, Date.now() + guestTtlMs];
  return { id, userId, kind, scopes: [...scopes], apiKeyId, sessionVersion, startedAt, expiresAt };
}
