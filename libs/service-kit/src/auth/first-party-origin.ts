import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';

/**
 * Browsers send `Origin` or `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/). An `Origin` has to equal a first-party origin exactly;
 * `null` never does. Other programs can send any value: for them the scope `checkout` is the limit.
 */
export function isFirstPartyOrigin(req: Request, firstPartyOrigins: readonly string[]): boolean {
  const origin = req.headers.origin;
  if (origin !== undefined) return firstPartyOrigins.includes(origin);
  return req.headers['sec-fetch-site'] === 'same-origin';
}

export function requireFirstPartyOrigin(firstPartyOrigins: readonly string[]) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (isFirstPartyOrigin(req, firstPartyOrigins)) return next();
    next(
      new ServiceError(
        'forbidden',
        'ORIGIN_NOT_ALLOWED',
        'Only pages of the store’s first-party origins can check out.',
      ),
    );
  };
}
