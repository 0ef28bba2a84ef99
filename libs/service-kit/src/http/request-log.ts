import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { finalStatus } from './final-status';
import type { IdentifiedRequest } from './request-id';

/** One line a request, when it is over, from the fields that matter: no query, no header, no body, no token. */
export function requestLog(log: Logger) {
  return (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { method } = req;
    const path = req.path;
    res.once('close', () => {
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      const status = finalStatus(res);
      log.info({ requestId: req.requestId, method, path: path.slice(0, 200), status, durationMs }, 'request');
    });
    next();
  };
}
