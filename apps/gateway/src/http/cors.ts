import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** How long a browser may remember the answer to a preflight. */
const maxAgeSeconds = '600';
const methods = 'GET, HEAD, POST, PATCH, DELETE';
/** No X-Api-Key: an API key is a secret of a server, and has no business in a browser. */
const requestHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, traceparent, tracestate, X-Request-Id';
const exposed = 'Allow, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id';

/** What is the same for everybody, and what lies below it. */
const open = /^\/(inventory|\.well-known|openapi\.json|docs)(\/|$)/;

/** Of a response that is sent before it is known what was asked for: any page may read why. */
export const openCorsHeaders = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposed };

/**
 * https://fetch.spec.whatwg.org/#http-cors-protocol: pages of any origin may read what is the same for everybody; all else is for the
 * store's own pages, with credentials. An origin is compared to the letter, and never reflected unless it is listed. Goes by the path
 * alone, before anything can refuse the request, so that pages can read every error; preflights end here, before the limits.
 */
export function createCors(firstPartyOrigins: readonly string[]): RequestHandler {
  const allowOwn = (origin: string | undefined, res: Response): void => {
    // Without it nothing depends on it, as no cache keeps what is not open.
    if (origin === undefined) return;
    res.setHeader('Vary', 'Origin');
    if (!firstPartyOrigins.includes(origin)) return;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    res.setHeader('Access-Control-Expose-Headers', exposed);
  };

  return (req: Request, res: Response, next: NextFunction): void => {
    const { origin, 'access-control-request-method': asked } = req.headers;
    if (open.test(req.path)) res.set(openCorsHeaders);
    else allowOwn(origin, res);
    if (req.method !== 'OPTIONS' || origin === undefined || asked === undefined) return next();
    if (res.hasHeader('Access-Control-Allow-Origin')) {
      res.setHeader('Access-Control-Allow-Methods', methods);
      res.setHeader('Access-Control-Allow-Headers', requestHeaders);
      res.setHeader('Access-Control-Max-Age', maxAgeSeconds);
    }
    res.status(204).end();
  };
}
