import type { CartCache } from '../cart-cache';
import { createRedisCartCache, type RedisCartCacheOptions } from '../redis-cart-cache';
import { InMemoryCartStore } from './in-memory-cart-store';
import { createInMemoryScripts } from './in-memory-scripts';

export interface InMemoryCartCacheOptions extends Omit<RedisCartCacheOptions, 'redis'> {
  /** In ms; for tests of what happens when time passes. */
  readonly now?: () => number;
  /** For several caches with different settings on the same carts. */
  readonly store?: InMemoryCartStore;
}

/**
 * The cart cache without Redis, for tests of a service that uses it: the same calls, errors, limits and checkout, held to the
 * same contract suite. Carts live in this process alone and are gone with it, so it is of no use in production.
 */
export function createInMemoryCartCache(settings: InMemoryCartCacheOptions = {}): CartCache {
  const { now = Date.now, store = new InMemoryCartStore(now), ...options } = settings;
  const run = createInMemoryScripts(store);
  return createRedisCartCache({ ...options, redis: { run: async (script, input) => run(script, input) } });
}
