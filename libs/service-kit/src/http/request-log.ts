import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { IdentifiedRequest } from './request-id';

/** One line a request, when it is over, from the fields that matter: no query, no header, no body, no token. */
export function requestLog(log: Logger) {
  return (req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { method } = req;
    const path = req.path;
    res.once('close', () => {
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      const line = { requestId: req.requestId, method, path: path.slice(0, 200), status: res.statusCode, durationMs };
      if (!res.writableFinished) log.warn(line, 'request aborted');
      else if (res.statusCode >= 500) log.error(line, 'request');
      else log.info(line, 'request');
    });
    next();
  };
}
