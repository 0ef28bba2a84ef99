import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

export type LimiterOptions = ConstructorParameters<typeof RateLimiterMemory>[0];
export type Limiter = Pick<RateLimiterAbstract, 'consume' | 'penalty' | 'reward' | 'delete'>;

/** Counts in this process. Beyond `maxKeys` it forgets the least recently used key. */
export function createMemoryLimiter(options: LimiterOptions, maxKeys: number): Limiter {
  const limiter = new RateLimiterMemory(options);
  const known = new LRUCache<string, true>({
    max: maxKeys,
    dispose: (_known, key, reason) => void (reason === 'evict' && limiter.delete(key)),
  });
  return {
    consume(key) {
      known.set(String(key), true);
      return limiter.consume(key);
    },
    penalty(key, points) {
      known.set(String(key), true);
      return limiter.penalty(key, points);
    },
    reward: (key) => limiter.reward(key),
    delete: (key) => limiter.delete(key),
  };
}

/** Consumes a point. The library rejects with the result where all points are consumed; this resolves to it in any case. */
export async function consume(limiter: Pick<Limiter, 'consume'>, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}
