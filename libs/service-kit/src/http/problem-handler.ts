import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isKnownError, toProblem } from '../problems';
import type { IdentifiedRequest } from './request-id';

/**
 * Answers every error as `application/problem+json`; logs those that are ours. A 404 is `notFoundPage`, where there is one, to who would
 * rather have HTML.
 */
export function problemHandler(log: Logger, notFoundPage?: string) {
  return (error: unknown, req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    // Answered already, as a request that came too slowly is while its body is still awaited.
    if (res.writableEnded) return;
    const problem = toProblem(error);
    const isOurs = problem.status >= 500 && !choicesOfCaller.has(problem.status);
    if (isOurs) log.error({ requestId: req.requestId, err: error }, problem.code);
    if (res.headersSent) return next(error);
    for (const name of headersOfContent) res.removeHeader(name);
    res.setHeader('Cache-Control', 'no-store');
    if (isKnownError(error) && error.headers) res.set(error.headers);
    if (problem.status === 401) res.set('WWW-Authenticate', challenge(problem.code));
    const retryAfterSeconds = retryAfterOf(error, problem.status);
    if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
    // A body that was not read to its end would be taken for the next request on this connection.
    if (!req.complete) res.set('Connection', 'close');
    if (problem.status === 404 && notFoundPage !== undefined && prefersHtml(req)) {
      res.status(404).set('Content-Security-Policy', policyOfPage).type('html').send(notFoundPage);
      return;
    }
    res
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, requestId: req.requestId }));
  };
}

/** A method, a coding or a version that HTTP lets a server leave out. No stranger fills the log with errors by asking for one. */
const choicesOfCaller: ReadonlySet<number> = new Set([501, 505]);

const prefersHtml = (req: Request) => req.accepts(['application/problem+json', 'text/html']) === 'text/html';

/** The page has a style sheet and pictures of this origin, and nothing else. */
const policyOfPage = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** They were about the content that the error takes the place of. */
const headersOfContent = ['ETag', 'Content-Encoding', 'Content-Security-Policy'];

/** https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const challenge = (code: string) => (code === 'INVALID_TOKEN' ? 'Bearer error="invalid_token"' : 'Bearer');

/** Waiting helps where the error says so, and with every 429 and 503. */
function retryAfterOf(error: unknown, status: number): number | undefined {
  if (isKnownError(error) && error.retryAfterSeconds) return error.retryAfterSeconds;
  return status === 429 || status === 503 ? 1 : undefined;
}
