import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import type { Store } from 'express-rate-limit';
import { countScript } from './limit-scripts';
import type { SharedCounts } from './shared-counts';
import { toShortKey } from './short-key';

export interface ExactCountsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly name: string;
  readonly windowMs: number;
  /** Goes on by these while Redis is away; without them the request is refused, with `RedisUnavailableError`. */
  readonly otherwise?: Pick<SharedCounts, 'increment'>;
}

/** Counts in Redis at every request, so that no limit is ever passed. */
export function createExactCounts({ redis, name, windowMs, otherwise }: ExactCountsOptions): Store {
  return {
    localKeys: false,
    async increment(key) {
      const window = Math.floor(Date.now() / windowMs);
      const counters = [{ key: `limit:${name}:${window}:${toShortKey(key)}`, added: 1 }];
      try {
        const [totalHits = 1] = await redis.run(countScript, { counters, lifeMs: 2 * windowMs });
        return { totalHits, resetTime: new Date((window + 1) * windowMs) };
      } catch (error) {
        if (!otherwise || !(error instanceof RedisUnavailableError)) throw error;
        return otherwise.increment(key);
      }
    },
    decrement: () => undefined,
    resetKey: () => undefined,
  };
}
