import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { ServiceError } from '../problems';

/** Reads a JSON body of at most so many KiB, any value of JSON, in UTF-8; another content type is refused. */
export function jsonBodyUpTo(mostKib: number) {
  const parse = express.json({ limit: mostKib * 1024, type: 'application/json', strict: false, verify: assertUtf8 });
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

/** RFC 8259, section 8.1. The decoder would put replacement characters in the place of what is not UTF-8. */
function assertUtf8(_req: IncomingMessage, _res: ServerResponse, body: Buffer): void {
  if (!isUtf8(body)) throw new ServiceError('invalid', 'MALFORMED_JSON', 'The body is not UTF-8.');
}
