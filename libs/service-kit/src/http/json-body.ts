import express, { type NextFunction, type Request, type Response } from 'express';
import { ServiceError } from '../problems';

/** Reads a JSON body of at most so many KiB; another content type is refused. */
export function jsonBodyUpTo(mostKib: number) {
  const parse = express.json({ limit: mostKib * 1024, type: 'application/json' });
  return (req: Request, res: Response, next: NextFunction): void => {
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (hasBody && !req.is('application/json')) {
      return next(new ServiceError('unsupported-media-type', 'NOT_JSON', 'The body must be application/json.'));
    }
    parse(req, res, next);
  };
}

/** Reads a JSON body of at most 64 KiB, as all public routes do. */
export const jsonBody = jsonBodyUpTo(64);
