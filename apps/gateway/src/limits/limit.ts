import { ServiceError } from '@badger-store/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** What a window has seen of one client. */
export interface Counted {
  /** Requests, this one included. */
  readonly total: number;
  /** When the window is over, in ms since the epoch. */
  readonly endsAt: number;
}

export interface Counts {
  /** Counts one more; at once where nobody has to be asked. */
  count(key: string): Counted | Promise<Counted>;
}

export interface LimitOptions {
  /** As the headers call it: lower-case letters and dashes. */
  readonly name: string;
  /** In a window. */
  readonly most: number;
  readonly windowMs: number;
  readonly counts: Counts;
  /** Who is counted; `undefined` is not limited. */
  readonly keyOf: (req: Request) => string | undefined;
}

/**
 * Lets so many requests of each client pass in a window; of more it makes 429 with `Retry-After`. Every answer tells of the limits that
 * it passed in `RateLimit` and `RateLimit-Policy`, lists of `"name";r=…;t=…` and of `"name";q=…;w=…`:
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function limit({ name, most, windowMs, counts, keyOf }: LimitOptions): RequestHandler {
  const policy = `"${name}";q=${most};w=${windowMs / 1000}`;

  const decide = ({ total, endsAt }: Counted, res: Response, next: NextFunction): void => {
    const secondsLeft = Math.ceil((endsAt - Date.now()) / 1000);
    addItem(res, 'RateLimit', `"${name}";r=${Math.max(0, most - total)};t=${secondsLeft}`);
    addItem(res, 'RateLimit-Policy', policy);
    if (total <= most) return next();
    const detail = 'Too many requests. Try again later.';
    next(new ServiceError('rate-limited', 'TOO_MANY_REQUESTS', detail, { retryAfterSeconds: secondsLeft }));
  };

  return (req, res, next) => {
    const key = keyOf(req);
    if (key === undefined) return next();
    const counted = counts.count(key);
    if (!(counted instanceof Promise)) return decide(counted, res, next);
    counted.then((known) => decide(known, res, next)).catch(next);
  };
}

function addItem(res: Response, header: string, item: string): void {
  const before = res.getHeader(header);
  res.setHeader(header, before === undefined ? item : `${String(before)}, ${item}`);
}
