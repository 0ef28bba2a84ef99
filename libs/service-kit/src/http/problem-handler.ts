import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isKnownError, toProblem } from '../problems';
import type { IdentifiedRequest } from './observe-requests';

/**
 * Responds to every error with a problem, and logs it if it is the server's fault. A client that prefers HTML gets the page that `findPage` has
 * for a path, if it has one, for a 404.
 */
export function problemHandler(log: Logger, findPage: (path: string) => string | undefined = () => undefined) {
  return (error: unknown, req: Request & Partial<IdentifiedRequest>, res: Response, next: NextFunction): void => {
    // `refuseConnection` may have ended the response while a route waited for the body.
    if (res.writableEnded) return;
    const problem = toProblem(error);
    const { status, code } = problem;
    if (status >= 500 && !clientMistakes.has(status)) log.error({ requestId: req.requestId, err: error }, code);
    if (res.headersSent) return next(error);
    for (const name of contentHeaders) res.removeHeader(name);
    res.setHeader('Cache-Control', 'no-store');
    if (isKnownError(error) && error.headers) res.set(error.headers);
    // https://www.rfc-editor.org/rfc/rfc6750#section-3
    if (status === 401)
      res.set('WWW-Authenticate', code === 'INVALID_TOKEN' ? 'Bearer error="invalid_token"' : 'Bearer');
    const retryAfterSeconds = getRetryAfterSeconds(error, status);
    if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
    // The server would read the rest of the body as the next request.
    if (!req.complete) res.set('Connection', 'close');
    const page = status === 404 && prefersHtml(req) ? findPage(req.path) : undefined;
    if (page !== undefined) {
      res.status(404).set('Content-Security-Policy', pagePolicy).type('html').send(page);
      return;
    }
    res
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, requestId: req.requestId }));
  };
}

/** An unknown method, transfer coding or version must not fill the log with errors. */
const clientMistakes: ReadonlySet<number> = new Set([501, 505]);

const prefersHtml = (req: Request) => req.accepts(['application/problem+json', 'text/html']) === 'text/html';

/** The page can load style sheets and images of its origin only. */
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Headers that a route set for the content that the problem replaces. */
const contentHeaders = ['ETag', 'Content-Encoding', 'Content-Security-Policy'];

function getRetryAfterSeconds(error: unknown, status: number): number | undefined {
  if (isKnownError(error) && error.retryAfterSeconds) return error.retryAfterSeconds;
  return status === 429 || status === 503 ? 1 : undefined;
}
