import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';

/**
 * Whether a request comes from a page of the store itself, as far as browsers tell: an `Origin` that is there must equal a
 * listed one exactly (so `null` never fits); without one, `Sec-Fetch-Site` must be `same-origin`
 * (https://www.w3.org/TR/fetch-metadata/). A program outside a browser can claim anything; for programs the scope is the line.
 */
export function isOwnSite(req: Request, firstPartyOrigins: readonly string[]): boolean {
  const origin = req.headers.origin;
  if (origin !== undefined) return firstPartyOrigins.includes(origin);
  return req.headers['sec-fetch-site'] === 'same-origin';
}

export function requireOwnSite(firstPartyOrigins: readonly string[]) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (isOwnSite(req, firstPartyOrigins)) return next();
    next(new ServiceError('forbidden', 'NOT_OUR_SITE', 'Checkout is open to the store’s own site alone.'));
  };
}
