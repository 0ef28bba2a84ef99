import { createHash } from 'node:crypto';
import { RedisUnavailableError, type RedisClient, type Script } from '@badger-store/redis-kit';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export type LimiterOptions = ConstructorParameters<typeof RateLimiterMemory>[0];

/** Counts points by key within a window. All calls resolve to `undefined` while Redis is unavailable. */
export interface Limiter {
  /** Resolves also where more points are consumed than there are. */
  consume(key: string): Promise<RateLimiterRes | undefined>;
  penalty(key: string, points: number): Promise<RateLimiterRes | undefined>;
  reward(key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** Counts in this process. Beyond `maxKeys` it forgets the least recently used key. */
export function createMemoryLimiter(options: LimiterOptions, maxKeys: number) {
  const limiter = new RateLimiterMemory(options);
  const keys = new LRUCache<string, true>({
    // With `max`, it would allocate all entries at once.
    maxSize: maxKeys,
    sizeCalculation: () => 1,
    dispose: (_, key, reason) => void (reason === 'evict' && limiter.delete(key)),
  });
  return {
    consume(key: string): Promise<RateLimiterRes> {
      keys.set(key, true);
      return limiter.consume(key).catch(toResult);
    },
    penalty(key: string, points: number): Promise<RateLimiterRes> {
      keys.set(key, true);
      return limiter.penalty(key, points);
    },
    reward: (key: string) => limiter.reward(key),
    delete: (key: string) => limiter.delete(key),
  };
}

/** Counts in Redis, for all gateways. */
export function createRedisLimiter(options: LimiterOptions, redis: Pick<RedisClient, 'run'>): Limiter {
  const limiter = new RateLimiterRedis({ ...options, storeClient: toStoreClient(redis) });
  return {
    consume: (key) => limiter.consume(key).catch(toResult).catch(ignoreUnavailable),
    penalty: (key, points) => limiter.penalty(key, points).catch(ignoreUnavailable),
    reward: (key) => limiter.reward(key).catch(ignoreUnavailable),
    delete: (key) => limiter.delete(key).catch(ignoreUnavailable),
  };
}

/** Bounds the length of any `X-Forwarded-For`, and keeps addresses and emails out of Redis. */
export const toShortKey = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);

/** The library rejects with the result where all points are consumed. */
function toResult(rejection: unknown): RateLimiterRes {
  if (rejection instanceof RateLimiterRes) return rejection;
  throw rejection;
}

function ignoreUnavailable(error: unknown): undefined {
  if (!(error instanceof RedisUnavailableError)) throw error;
}

type Words = readonly (string | number)[];

/** The part of ioredis that `RateLimiterRedis` calls, on the connection of redis-kit. */
function toStoreClient(redis: Pick<RedisClient, 'run'>) {
  const client: Record<string, unknown> = {
    defineCommand(name: string, { numberOfKeys, lua }: { numberOfKeys: number; lua: string }) {
      const script = toScript(name, numberOfKeys, lua);
      client[name] = (words: Words) => redis.run(script, words);
    },
    del: (key: string) => redis.run(del, [key]),
  };
  return client;
}

/** Without a deadline on Redis's clock, which the library's scripts do not check: a late one counts one attempt too many. */
const toScript = (name: string, numberOfKeys: number, lua: string): Script<Words, unknown> => ({
  name,
  lua,
  changes: false,
  encode: (words) => ({ keys: words.slice(0, numberOfKeys).map(String), args: words.slice(numberOfKeys) }),
  decode: (reply) => reply,
});

const del = toScript('rlflxDel', 1, "return redis.call('DEL', KEYS[1])");
