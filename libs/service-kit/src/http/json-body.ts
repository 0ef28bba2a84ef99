import express, { type NextFunction, type Request, type Response } from 'express';
import { ServiceError } from '../problems';

const parse = express.json({ limit: 64 * 1024, type: 'application/json' });

/** Reads a JSON body of at most 64 KiB; another content type is refused. */
export function jsonBody(req: Request, res: Response, next: NextFunction): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && !req.is('application/json')) {
    return next(new ServiceError('unsupported-media-type', 'NOT_JSON', 'The body must be application/json.'));
  }
  parse(req, res, next);
}
