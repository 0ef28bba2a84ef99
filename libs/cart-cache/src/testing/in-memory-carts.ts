import { RedisUnavailableError } from '@badger-store/redis-kit';
import type { Carts } from '../carts';
import { createCarts, type CartSettings } from '../create-carts';
import { InMemoryCartStore } from './in-memory-cart-store';
import { createInMemoryScripts } from './in-memory-scripts';

export interface InMemoryCartsOptions extends CartSettings {
  /** In ms; for tests of what happens when time passes. */
  readonly now?: () => number;
  /** For several `Carts` with different settings on the same carts. */
  readonly store?: InMemoryCartStore;
}

export interface InMemoryCarts<LineData = unknown, CartData = unknown> extends Carts<LineData, CartData> {
  /** Every call rejects with `RedisUnavailableError`, until `recover`, as in an outage of Redis. */
  fail(how: 'unavailable'): void;
  recover(): void;
}

/**
 * Carts without Redis, for tests of a service that uses them: the same calls, errors, limits and checkout, held to the
 * same contract suite. Carts live in this process alone and are gone with it, so they are of no use in production.
 */
export function createInMemoryCarts<LineData = unknown, CartData = unknown>(
  options: InMemoryCartsOptions = {},
): InMemoryCarts<LineData, CartData> {
  const { now = Date.now, store = new InMemoryCartStore(now), ...settings } = options;
  const runInMemory = createInMemoryScripts(store);
  let isUnavailable = false;
  const respond = async () => {
    if (isUnavailable) throw new RedisUnavailableError('Redis is unavailable', false);
  };
  const carts = createCarts<LineData, CartData>({
    ...settings,
    redis: {
      run: (script, input) => respond().then(() => runInMemory(script, input)),
      async *scan(pattern) {
        await respond();
        const prefix = pattern.replace(/\{\*\}_cart$/, '').replace(/\\(.)/g, '$1');
        yield store.carts.entries(`${prefix}{`).map(([rest]) => `${prefix}{${rest}`);
      },
      ready: respond,
      ping: respond,
    },
  });
  return {
    ...carts,
    fail: () => (isUnavailable = true),
    recover: () => (isUnavailable = false),
  };
}
