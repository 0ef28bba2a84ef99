import type { NextFunction, Request, Response } from 'express';

/** How long a browser may remember the answer to a preflight. */
const maxAgeSeconds = '600';
const exposed = 'Retry-After, RateLimit, RateLimit-Policy, X-Request-Id';

/**
 * https://fetch.spec.whatwg.org/#http-cors-protocol: pages of any origin may read what `open` says; all else is for the
 * store's own pages, with credentials. An origin is compared to the letter, and never reflected unless it is listed.
 */
export function createCors(firstPartyOrigins: readonly string[]) {
  const own = (methods: string) => (req: Request, res: Response, next: NextFunction) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin !== undefined && firstPartyOrigins.includes(origin)) {
      res.set('Access-Control-Allow-Origin', origin);
      res.set('Access-Control-Allow-Credentials', 'true');
      res.set('Access-Control-Expose-Headers', exposed);
    }
    answerPreflight(req, res, next, methods, 'Authorization, Content-Type, Idempotency-Key, X-Request-Id');
  };
  const open = (req: Request, res: Response, next: NextFunction) => {
    res.set('Access-Control-Allow-Origin', '*');
    res.set('Access-Control-Expose-Headers', exposed);
    answerPreflight(req, res, next, 'GET, HEAD', 'X-Request-Id');
  };
  return { own: own('GET, HEAD, POST, PATCH, DELETE'), open };
}

function answerPreflight(req: Request, res: Response, next: NextFunction, methods: string, headers: string): void {
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
  if (res.get('Access-Control-Allow-Origin') !== undefined) {
    res.set('Access-Control-Allow-Methods', methods);
    res.set('Access-Control-Allow-Headers', headers);
    res.set('Access-Control-Max-Age', maxAgeSeconds);
  }
  res.status(204).end();
}
