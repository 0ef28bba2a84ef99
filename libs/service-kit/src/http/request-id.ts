import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const accepted = /^[A-Za-z0-9._-]{1,64}$/;

export interface IdentifiedRequest {
  requestId: string;
}

/** Takes the caller's `X-Request-Id` if it is a plain one, else makes one, and returns it with the answer. */
export function requestId(req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void {
  const given = req.headers['x-request-id'];
  req.requestId = typeof given === 'string' && accepted.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', req.requestId);
  next();
}
