import { ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, Response } from 'express';

/** Every public path is made of these; an encoded slash, a dot segment or an empty one could mean another path further on. */
const plain = /^(\/(?!\.\.?(\/|$))[A-Za-z0-9._~-]+)+$/;

export function validatePath(req: Request, _res: Response, next: NextFunction): void {
  if (req.path === '/' || plain.test(req.path)) return next();
  next(new ServiceError('not-found', 'NO_SUCH_ROUTE', 'There is nothing at this address.'));
}
