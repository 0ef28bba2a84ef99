import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import type { Store } from 'express-rate-limit';
import type { LRUCache } from 'lru-cache';
import { countScript } from './limit-scripts';
import { toShortKey } from './short-key';

export interface ExactCountsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly name: string;
  readonly windowMs: number;
  /** What this gateway knows of each counter; one for all counts of the same name. */
  readonly seen: LRUCache<string, number>;
}

/**
 * Counts in Redis at every request, so that no limit is ever passed. What this gateway saw counts too: while Redis is unavailable it
 * goes on from that, and a Redis that lost its data takes nothing from it.
 */
export function createExactCounts(options: ExactCountsOptions): Store {
  const { redis, name, windowMs, seen } = options;
  const add = (key: string, change: number): number => {
    const count = (seen.get(key) ?? 0) + change;
    seen.set(key, count);
    return count;
  };

  return {
    localKeys: false,
    async increment(rawKey) {
      const window = Math.floor(Date.now() / windowMs);
      const key = `limit:${name}:${window}:${toShortKey(rawKey)}`;
      const resetTime = new Date((window + 1) * windowMs);
      // Before Redis is asked, so that many at once are told apart here as well.
      const here = add(key, 1);
      try {
        const [total = 1] = await redis.run(countScript, { counters: [{ key, added: 1 }], lifeMs: 2 * windowMs });
        seen.set(key, Math.max(total, seen.get(key) ?? 0));
        return { totalHits: Math.max(total, here), resetTime };
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) throw error;
        return { totalHits: here, resetTime };
      }
    },
    decrement: () => undefined,
    resetKey: () => undefined,
  };
}
