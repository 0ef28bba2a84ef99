import type { RedisClient } from '@badger-store/redis-kit';
import { userOf } from '@badger-store/service-kit';
import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import { clientOf } from './client-address';
import { createExactCounts } from './exact-counts';
import type { LimitConfig } from './limit-settings';
import { limit, type Counts, type LimitOptions } from './limit';
import { createSharedCounts } from './shared-counts';

export interface RequestLimits {
  readonly byAddress: RequestHandler;
  /** Stands behind `requireUser`. */
  readonly bySession: RequestHandler;
  /** Stands behind `requireUser`; sessions that began without an API key pass. */
  readonly byApiKey: RequestHandler;
  /** For routes that begin or renew sessions; goes on by what this gateway saw while Redis is away. */
  readonly auth: RequestHandler;
  /** For routes that check passwords; 503 while Redis is away. */
  readonly login: RequestHandler;
  close(): void;
}

export interface RequestLimitsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly config: LimitConfig;
  readonly report: (error: unknown) => void;
}

const windowMs = 60_000;
const mostRemembered = 50_000;

/** Limits of requests a minute. */
export function createRequestLimits({ redis, config, report }: RequestLimitsOptions): RequestLimits {
  const shared = (name: string) => createSharedCounts({ redis, name, windowMs, report });
  const stores = { address: shared('address'), session: shared('session'), key: shared('key') };
  const exact = { redis, name: 'auth', windowMs, seen: new LRUCache<string, number>({ max: mostRemembered }) };

  const limitOf = (name: string, most: number, counts: Counts, keyOf: LimitOptions['keyOf']) =>
    limit({ name, most, windowMs, counts, keyOf });
  const authLimit = (counts: Counts) => limitOf('auth', config.RATE_LIMIT_AUTH_PER_MINUTE, counts, addressOf);

  return {
    byAddress: limitOf('address', config.RATE_LIMIT_ADDRESS_PER_MINUTE, stores.address, addressOf),
    bySession: limitOf('session', config.RATE_LIMIT_SESSION_PER_MINUTE, stores.session, (req) => userOf(req).sessionId),
    byApiKey: limitOf('api-key', config.RATE_LIMIT_API_KEY_PER_MINUTE, stores.key, (req) => userOf(req).apiKeyId),
    auth: authLimit(createExactCounts({ ...exact, goesOnWithoutRedis: true })),
    login: authLimit(createExactCounts(exact)),
    close() {
      for (const store of Object.values(stores)) store.shutdown();
    },
  };
}

const addressOf = (req: Request): string => clientOf(req.ip ?? '');
