import { ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';

/** An encoded slash, a dot segment or an empty segment could mean another path to a service. */
const validPath = /^(\/(?!\.\.?(\/|$))[A-Za-z0-9._~-]+)+$/;

export function validatePath(req: Request, _res: Response, next: NextFunction): void {
  if (req.path === '/' || validPath.test(req.path)) return next();
  next(new ServiceError('not-found', 'ROUTE_NOT_FOUND', 'No route matches this path.'));
}
