import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';
import type { Revocations } from '../revocations/follow-revocations';
import type { VerifyAccessToken } from './access-token';
import type { Scope, User } from './user';

export interface UserRequest {
  user: User;
  /** The user's id, which is the id of the cart. */
  userToken: string;
}

/** Requires a valid bearer token (RFC 6750, section 2.1) and sets `req.user`. `hasETag`: the route itself evaluates If-Match. */
export function requireUser(verify: VerifyAccessToken, { hasETag = false } = {}) {
  return async (req: Request & Partial<UserRequest>, _res: Response, next: NextFunction): Promise<void> => {
    req.user = await verify(getBearerToken(req));
    req.userToken = req.user.id;
    if (!hasETag) assertNoPrecondition(req);
    next();
  };
}

export function getBearerToken(req: Request): string {
  // Node reads the first of two headers; another program may read the last.
  if (req.rawHeaders.filter((name, n) => n % 2 === 0 && /^authorization$/i.test(name)).length > 1) {
    throw new ServiceError('invalid', 'BAD_REQUEST', 'Send the header Authorization once.');
  }
  const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(req.get('authorization') ?? '') ?? [];
  if (!token) throw new ServiceError('unauthenticated', 'NO_TOKEN', 'Send a userToken: Authorization: Bearer …');
  return token;
}

/** The resource has no ETag, so that only If-Match: * can match: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
function assertNoPrecondition({ headers }: Partial<Request>): void {
  if ((headers?.['if-match'] ?? '*').trim() === '*') return;
  throw new ServiceError('precondition-failed', 'PRECONDITION_FAILED', 'The resource has no ETag. Omit If-Match.');
}

/** Goes after `requireUser`. */
export function requireScope(scope: Scope) {
  return (req: Request & Partial<UserRequest>, _res: Response, next: NextFunction): void => {
    if (req.user?.scopes.has(scope)) return next();
    next(new ServiceError('forbidden', 'MISSING_SCOPE', `The userToken lacks the scope ${scope}.`));
  };
}

/** Goes after `requireUser`, before a route that a revoked session must not use even for a moment. */
export function requireFreshRevocations(revocations: Pick<Revocations, 'isStale'>) {
  return (_req: Request, _res: Response, next: NextFunction): void => {
    if (!revocations.isStale()) return next();
    const detail = 'The service cannot read which sessions were revoked. Retry after 1 second.';
    next(new ServiceError('unavailable', 'REVOCATIONS_STALE', detail));
  };
}

/** The user of a request that passed `requireUser`. */
export function getUser(req: Request & Partial<UserRequest>): User {
  if (!req.user) throw new Error('The route lacks requireUser.');
  return req.user;
}
