import type { Request, Response } from 'express';
import type { Device, DeviceTokens } from '../domain/device-token';
import { readCookie } from './read-cookie';

const name = '__Host-device';
/** As long as browsers keep a cookie: RFC 6265bis, section 5.5. */
const maxAgeMs = 400 * 24 * 3600 * 1000;
const attributes = { httpOnly: true, secure: true, sameSite: 'strict', path: '/', maxAge: maxAgeMs } as const;

/** Stays when a session ends: it tells devices apart, not people. */
export function createDeviceCookie(tokens: DeviceTokens) {
  return {
    set: (res: Response, accountId: string) => res.cookie(name, tokens.issue(accountId), attributes),
    read: (req: Request): Device | undefined => tokens.parse(readCookie(req, name) ?? ''),
  };
}
