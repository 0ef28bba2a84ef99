import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../problems';
import type { User } from './user';

/** Which users' tokens count no more although they have not expired; asked at every request, so it answers from memory. */
export interface Revocations {
  isRevoked(user: Pick<User, 'id' | 'sessionId' | 'sessionVersion' | 'issuedAt' | 'apiKeyId'>): boolean;
  /** What is known may be out of date: a session that ended a moment ago may still pass. */
  isStale(): boolean;
}

/** Stands behind `requireUser`, before what must not happen for a session that has ended: 503 while the revocations are stale. */
export function requireFreshRevocations(revocations: Pick<Revocations, 'isStale'>) {
  return (_req: Request, _res: Response, next: NextFunction): void => {
    if (!revocations.isStale()) return next();
    next(
      new ServiceError('unavailable', 'REVOCATIONS_STALE', 'Which sessions have ended cannot be told at the moment.'),
    );
  };
}
