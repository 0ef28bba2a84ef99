import { hash } from 'node:crypto';
import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { ServiceError, userOf } from '@badger-store/service-kit';
import type { Request, RequestHandler } from 'express';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { addressOf, networkOf } from '../client-address';
import type { LimitConfig } from './limit-settings';
import { consume, createMemoryLimiter } from './memory-limiter';
import { toRateLimiterClient } from './rate-limiter-client';
import { toShortKey } from './short-key';

export interface RequestLimits {
  readonly byAddress: RequestHandler;
  /** Stands behind `requireUser`. */
  readonly bySession: RequestHandler;
  /** Stands behind `requireUser`; sessions that began without an API key pass. */
  readonly byApiKey: RequestHandler;
  /** For routes that begin or renew sessions, or check passwords. */
  readonly auth: RequestHandler;
}

export interface RequestLimitsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly config: LimitConfig;
}

const duration = 60;
const maxKeys = 50_000;
/** Counts one request of a key. */
type Count = (key: string) => Promise<RateLimiterRes>;

/**
 * Limits of requests a minute. Each gateway counts forwarded requests alone, so that they wait for nothing; requests that begin sessions
 * are counted over all gateways.
 */
export function createRequestLimits({ redis, config }: RequestLimitsOptions): RequestLimits {
  const byApiKey = limit(
    'api-key',
    config.RATE_LIMIT_API_KEY_PER_MINUTE,
    countHere,
    (req) => userOf(req).apiKeyId ?? '',
  );
  const countShared = (points: number) => countEverywhere(points, redis);

  return {
    byAddress: limit('address', config.RATE_LIMIT_ADDRESS_PER_MINUTE, countHere, clientOf),
    bySession: limit('session', config.RATE_LIMIT_SESSION_PER_MINUTE, countHere, (req) => userOf(req).sessionId),
    byApiKey: (req, res, next) => (userOf(req).apiKeyId === undefined ? next() : byApiKey(req, res, next)),
    auth: limit('auth', config.RATE_LIMIT_AUTH_PER_MINUTE, countShared, clientOf),
  };
}

const clientOf = (req: Request) => networkOf(addressOf(req));

/**
 * The headers are those of draft 08 of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: lists of `"name";r=…;t=…`
 * and of `"name";q=…;w=…;pk=…`.
 */
function limit(
  name: string,
  points: number,
  createCount: (points: number) => Count,
  keyOf: (req: Request) => string,
): RequestHandler {
  const count = createCount(points);
  const policy = `"${name}"; q=${points}; w=${duration}`;
  return async (req, res, next) => {
    const key = keyOf(req);
    const { consumedPoints, msBeforeNext } = await count(key);
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    res.append('RateLimit-Policy', `${policy}; pk=:${toPartitionKey(key)}:`);
    res.append('RateLimit', `"${name}"; r=${Math.max(0, points - consumedPoints)}; t=${seconds}`);
    if (consumedPoints <= points) return next();
    const message = `Too many requests. Retry after ${seconds} seconds.`;
    next(new ServiceError('rate-limited', 'TOO_MANY_REQUESTS', message, { retryAfterSeconds: seconds }));
  };
}

/** Tells a client whether two responses speak of the same count; in base64. */
const toPartitionKey = (key: string): string => hash('sha256', key, 'base64').slice(0, 16);

function countHere(points: number): Count {
  const limiter = createMemoryLimiter({ points, duration }, maxKeys);
  return (key) => consume(limiter, key);
}

/**
 * Counts in Redis, and here: while Redis is unavailable, this gateway goes on from its own count, and a Redis that lost its data does not
 * reset it.
 */
function countEverywhere(points: number, redis: Pick<RedisClient, 'run'>): Count {
  const countOwn = countHere(points);
  const storeClient = toRateLimiterClient(redis);
  const everywhere = new RateLimiterRedis({ keyPrefix: 'limit:auth', points, duration, storeClient });

  return async (client) => {
    const own = await countOwn(client);
    try {
      const shared = await consume(everywhere, toShortKey(client));
      return shared.consumedPoints > own.consumedPoints ? shared : own;
    } catch (error) {
      if (error instanceof RedisUnavailableError) return own;
      throw error;
    }
  };
}
