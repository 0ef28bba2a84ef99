import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isKnownError, ServiceError, toProblem } from '../problems';
import type { IdentifiedRequest } from './request-id';

export function noSuchRoute(_req: Request, _res: Response, next: NextFunction): void {
  next(new ServiceError('not-found', 'NO_SUCH_ROUTE', 'There is nothing at this address.'));
}

/** Answers every error as `application/problem+json`; logs those that are ours. */
export function problemHandler(log: Logger) {
  return (error: unknown, req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    const problem = toProblem(error);
    if (problem.status >= 500) log.error({ requestId: req.requestId, err: error }, problem.code);
    if (res.headersSent) return next(error);
    if (problem.status === 401) res.set('WWW-Authenticate', challenge(problem.code));
    if (problem.status === 429 || problem.status === 503) res.set('Retry-After', String(retryAfterSeconds(error)));
    // A body that was not read to its end would be taken for the next request on this connection.
    if (!req.complete) res.set('Connection', 'close');
    res
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, requestId: req.requestId }));
  };
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const challenge = (code: string) => (code === 'INVALID_TOKEN' ? 'Bearer error="invalid_token"' : 'Bearer');

const retryAfterSeconds = (error: unknown): number => (isKnownError(error) && error.retryAfterSeconds) || 1;
