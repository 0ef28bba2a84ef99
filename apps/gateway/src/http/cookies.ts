import { isFirstPartyOrigin, ServiceError } from '@badger-store/service-kit';
import type { Request, Response } from 'express';
import type { Device, DeviceTokens } from '../domain/device-token';

/** Browsers set a `__Host-` cookie with Secure, for this host and the path / alone: RFC 6265bis, section 4.1.3.2. */
const [refresh, device] = ['__Host-refresh', '__Host-device'];
const attributes = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const;
/** As long as browsers keep a cookie: RFC 6265bis, section 5.5. */
const deviceMaxAgeMs = 400 * 24 * 3600 * 1000;

/** Carries the refresh token where scripts can't read it, for first-party requests alone. */
export function createRefreshCookie(firstPartyOrigins: readonly string[]) {
  return {
    assertAllowed(req: Request): void {
      if (isFirstPartyOrigin(req, firstPartyOrigins)) return;
      throw new ServiceError('forbidden', 'ORIGIN_NOT_ALLOWED', 'Only first-party origins may use the refresh cookie.');
    },
    set: (res: Response, token: string, maxAgeMs: number) =>
      res.cookie(refresh, token, { ...attributes, maxAge: maxAgeMs }),
    clear: (res: Response) => res.clearCookie(refresh, attributes),
    read: (req: Request): string | undefined =>
      isFirstPartyOrigin(req, firstPartyOrigins) ? readCookie(req, refresh) : undefined,
  };
}

export type RefreshCookie = ReturnType<typeof createRefreshCookie>;

/** Stays when a session ends, until the account is deleted: it identifies a device, not a person. */
export function createDeviceCookie(tokens: DeviceTokens) {
  return {
    set: (res: Response, accountId: string) =>
      res.cookie(device, tokens.issue(accountId), { ...attributes, maxAge: deviceMaxAgeMs }),
    clear: (res: Response) => res.clearCookie(device, attributes),
    read: (req: Request): Device | undefined => tokens.parse(readCookie(req, device) ?? ''),
  };
}

function readCookie(req: Request, name: string): string | undefined {
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
