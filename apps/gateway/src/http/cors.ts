import type { NextFunction, Request, RequestHandler, Response } from 'express';

const maxAgeSeconds = '600';
const methods = 'GET, HEAD, POST, PATCH, DELETE';
/** Without X-Api-Key: an API key is a server's secret. */
const requestHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent, tracestate, X-Request-Id';
const exposed = 'Allow, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id';

/** Responses that are the same for all clients. */
const publicPath = /^\/(inventory|\.well-known|openapi\.json|docs)(\/|$)/;

/** For responses to requests that could not be parsed too. */
export const publicCorsHeaders = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposed };

/**
 * https://fetch.spec.whatwg.org/#http-cors-protocol: pages of any origin may read public responses; first-party pages may read all, with
 * credentials. It depends on the path alone and runs first, so that pages can read every error. Preflights end here, before the limits.
 */
export function createCors(firstPartyOrigins: readonly string[]): RequestHandler {
  const allowFirstParty = (origin: string | undefined, res: Response): void => {
    // No `Vary` is needed here, since no cache stores these responses.
    if (origin === undefined) return;
    res.setHeader('Vary', 'Origin');
    if (!firstPartyOrigins.includes(origin)) return;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    res.setHeader('Access-Control-Expose-Headers', exposed);
  };

  return (req: Request, res: Response, next: NextFunction): void => {
    const { origin, 'access-control-request-method': asked } = req.headers;
    if (publicPath.test(req.path)) res.set(publicCorsHeaders);
    else allowFirstParty(origin, res);
    if (req.method !== 'OPTIONS' || origin === undefined || asked === undefined) return next();
    if (res.hasHeader('Access-Control-Allow-Origin')) {
      res.setHeader('Access-Control-Allow-Methods', methods);
      res.setHeader('Access-Control-Allow-Headers', requestHeaders);
      res.setHeader('Access-Control-Max-Age', maxAgeSeconds);
    }
    res.status(204).end();
  };
}
