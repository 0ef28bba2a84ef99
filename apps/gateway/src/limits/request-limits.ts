import type { RedisClient } from '@badger-store/redis-kit';
import { ServiceError, userOf } from '@badger-store/service-kit';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { createExactCounts } from './exact-counts';
import type { LimitConfig } from './limit-settings';
import { createSharedCounts } from './shared-counts';

export interface RequestLimits {
  readonly byAddress: RequestHandler;
  /** Stands behind `requireUser`. */
  readonly bySession: RequestHandler;
  /** Stands behind `requireUser`; sessions that began without an API key pass. */
  readonly byApiKey: RequestHandler;
  /** For routes that begin or renew sessions, or check passwords. */
  readonly auth: RequestHandler;
  close(): void;
}

export interface RequestLimitsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly config: LimitConfig;
  readonly report: (error: unknown) => void;
}

const windowMs = 60_000;
const mostRemembered = 50_000;

/**
 * Limits of requests a minute, told in the headers `RateLimit` and `RateLimit-Policy` as draft 08 of
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ has them, the newest that express-rate-limit writes: lists of
 * `"name";r=…;t=…` and of `"name";q=…;w=…;pk=…`. The newest draft is 11, of May 2026.
 */
export function createRequestLimits({ redis, config, report }: RequestLimitsOptions): RequestLimits {
  const shared = (name: string) => createSharedCounts({ redis, name, windowMs, report });
  const stores = { address: shared('address'), session: shared('session'), key: shared('key') };
  const seen = new LRUCache<string, number>({ max: mostRemembered });
  const exact = createExactCounts({ redis, name: 'auth', windowMs, seen });

  const ofApiKey = limit(
    'api-key',
    config.RATE_LIMIT_API_KEY_PER_MINUTE,
    stores.key,
    (req) => userOf(req).apiKeyId ?? '',
  );

  return {
    byAddress: limit('address', config.RATE_LIMIT_ADDRESS_PER_MINUTE, stores.address, addressOf),
    bySession: limit('session', config.RATE_LIMIT_SESSION_PER_MINUTE, stores.session, (req) => userOf(req).sessionId),
    byApiKey: (req, res, next) => (userOf(req).apiKeyId === undefined ? next() : ofApiKey(req, res, next)),
    auth: limit('auth', config.RATE_LIMIT_AUTH_PER_MINUTE, exact, addressOf),
    close() {
      for (const store of Object.values(stores)) store.shutdown();
    },
  };
}

function limit(
  identifier: string,
  mostAMinute: number,
  store: Store,
  keyGenerator: (req: Request) => string,
): RequestHandler {
  return rateLimit({
    identifier,
    windowMs,
    limit: mostAMinute,
    store,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks are about keys and proxies; both are decided here, and one would write to the console.
    validate: false,
    handler(_req: Request, res: Response, next: NextFunction) {
      const retryAfterSeconds = Number(res.get('Retry-After')) || windowMs / 1000;
      next(
        new ServiceError('rate-limited', 'TOO_MANY_REQUESTS', 'Too many requests. Try again later.', {
          retryAfterSeconds,
        }),
      );
    },
  });
}

/** Whoever has an IPv6 address has at least a network of them. */
const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '', 56);
