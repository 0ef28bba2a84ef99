import { isOwnSite, ServiceError } from '@badger-store/service-kit';
import type { Request, Response } from 'express';
import { readCookie } from './read-cookie';

/** The prefix makes browsers insist on Secure, on this host alone and on the whole of it: RFC 6265bis, section 4.1.3.2. */
const name = '__Host-refresh';
const attributes = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const;

/** Carries the refresh token where scripts can't read it. Only the store's own site may use it, whatever SameSite means to a browser. */
export function createRefreshCookie(firstPartyOrigins: readonly string[]) {
  return {
    assertAllowed(req: Request): void {
      if (isOwnSite(req, firstPartyOrigins)) return;
      throw new ServiceError('forbidden', 'NOT_OUR_SITE', 'The refresh cookie is for the store’s own site alone.');
    },
    set: (res: Response, token: string, maxAgeMs: number) =>
      res.cookie(name, token, { ...attributes, maxAge: maxAgeMs }),
    clear: (res: Response) => res.clearCookie(name, attributes),
    read: (req: Request): string | undefined => readCookie(req, name),
  };
}

export type RefreshCookie = ReturnType<typeof createRefreshCookie>;
