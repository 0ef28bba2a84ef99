import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';
import type { Scope, User } from './user';
import type { VerifyUserToken } from './user-token';

export interface UserRequest {
  user: User;
  /** The user's stable id, by which the cart middleware finds the cart. */
  userToken: string;
}

/** Lets only requests with a valid bearer token pass (RFC 6750, section 2.1) and says on the request whose it is. */
export function requireUser(verify: VerifyUserToken) {
  return async (req: Request & Partial<UserRequest>, _res: Response, next: NextFunction): Promise<void> => {
    req.user = await verify(bearerOf(req));
    req.userToken = req.user.id;
    assertNoPrecondition(req);
    next();
  };
}

/** The token that a request carries; 401 when there is none. */
export function bearerOf(req: Request): string {
  if (hasTwoAuthorizations(req)) {
    throw new ServiceError('invalid', 'BAD_REQUEST', 'Send the header Authorization once.');
  }
  const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(req.get('authorization') ?? '') ?? [];
  if (!token) throw new ServiceError('unauthenticated', 'NO_TOKEN', 'Send a userToken: Authorization: Bearer …');
  return token;
}

/** What is a user's own has no ETag, so no If-Match but `*` holds: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
function assertNoPrecondition({ headers }: Partial<Request>): void {
  if ((headers?.['if-match'] ?? '*').trim() === '*') return;
  throw new ServiceError('precondition-failed', 'PRECONDITION_FAILED', 'This has no ETag that If-Match could name.');
}

/** Node would go by the first, another reader by the last. */
function hasTwoAuthorizations({ rawHeaders = [] }: Partial<Request>): boolean {
  let found = 0;
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n];
    if (name?.length === 'authorization'.length && name.toLowerCase() === 'authorization') found += 1;
  }
  return found > 1;
}

/** Stands behind `requireUser`. */
export function requireScope(scope: Scope) {
  return (req: Request & Partial<UserRequest>, _res: Response, next: NextFunction): void => {
    if (req.user?.scopes.has(scope)) return next();
    next(new ServiceError('forbidden', 'MISSING_SCOPE', `This needs a userToken with the scope ${scope}.`));
  };
}

/** The user of a request that passed `requireUser`. */
export function userOf(req: Request & Partial<UserRequest>): User {
  if (!req.user) throw new Error('requireUser does not stand before this route');
  return req.user;
}
