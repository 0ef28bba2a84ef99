import { hash } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import { ServiceError, getUser } from '@badger-store/service-kit';
import type { Request, RequestHandler } from 'express';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import { getClientAddress, toClientNetwork } from '../client-address';
import type { Config } from '../config';
import { createMemoryLimiter, createRedisLimiter, toShortKey } from './limiters';

type RequestLimitSettings = Pick<Config, Extract<keyof Config, `RATE_LIMIT_${string}`>>;

const windowSeconds = 60;
const maxKeys = 50_000;
type Count = (key: string) => Promise<RateLimiterRes>;

/**
 * Limits of requests a minute. Each gateway counts forwarded requests alone, so that they wait for nothing; all gateways together count
 * requests that begin sessions.
 */
export function createRequestLimits(redis: Pick<RedisClient, 'run'>, config: RequestLimitSettings) {
  return {
    byAddress: limit('address', config.RATE_LIMIT_ADDRESS_PER_MINUTE, toNetwork),
    /** Stands behind `requireUser`. */
    bySession: limit('session', config.RATE_LIMIT_SESSION_PER_MINUTE, (req) => getUser(req).sessionId),
    /** Stands behind `requireUser`. */
    byApiKey: limit('api-key', config.RATE_LIMIT_API_KEY_PER_MINUTE, (req) => getUser(req).apiKeyId),
    /** For routes that begin or renew sessions, or check passwords. */
    auth: limit('auth', config.RATE_LIMIT_AUTH_PER_MINUTE, toNetwork, (points) => createSharedCount(points, redis)),
  };
}

export type RequestLimits = ReturnType<typeof createRequestLimits>;

const toNetwork = (req: Request) => toClientNetwork(getClientAddress(req));

/**
 * A request without a key has no limit. The headers are those of draft 08 of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: lists of `"name";r=…;t=…`
 * and of `"name";q=…;w=…;pk=…`.
 */
function limit(
  name: string,
  points: number,
  toKey: (req: Request) => string | undefined,
  createCount: (points: number) => Count = createLocalCount,
): RequestHandler {
  const count = createCount(points);
  const policy = `"${name}"; q=${points}; w=${windowSeconds}`;
  return async (req, res, next) => {
    const key = toKey(req);
    if (key === undefined) return next();
    const { consumedPoints, msBeforeNext } = await count(key);
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    res.append('RateLimit-Policy', `${policy}; pk=:${toPartitionKey(key)}:`);
    res.append('RateLimit', `"${name}"; r=${Math.max(0, points - consumedPoints)}; t=${seconds}`);
    if (consumedPoints <= points) return next();
    const message = `Too many requests. Retry after ${seconds} seconds.`;
    next(new ServiceError('rate-limited', 'TOO_MANY_REQUESTS', message, { retryAfterSeconds: seconds }));
  };
}

/** Tells a client whether two responses are about the same count; in base64. */
const toPartitionKey = (key: string): string => hash('sha256', key, 'base64').slice(0, 16);

const createLocalCount = (points: number): Count =>
  createMemoryLimiter({ points, duration: windowSeconds }, maxKeys).consume;

/** Counts here too: this gateway continues from its own count while Redis is unavailable, or after Redis lost its data. */
function createSharedCount(points: number, redis: Pick<RedisClient, 'run'>): Count {
  const countLocally = createLocalCount(points);
  const limiter = createRedisLimiter({ keyPrefix: 'limit:auth', points, duration: windowSeconds }, redis);

  return async (key) => {
    const local = await countLocally(key);
    const shared = await limiter.consume(toShortKey(key));
    return shared && shared.consumedPoints > local.consumedPoints ? shared : local;
  };
}
