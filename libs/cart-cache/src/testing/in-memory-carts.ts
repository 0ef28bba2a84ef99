import type { Carts } from '../carts';
import { createCarts, type CartSettings } from '../create-carts';
import { InMemoryCartStore } from './in-memory-cart-store';
import { createInMemoryScripts } from './in-memory-scripts';

export interface InMemoryCartsOptions extends CartSettings {
  /** In ms; for tests of what happens when time passes. */
  readonly now?: () => number;
  /** For several caches with different settings on the same carts. */
  readonly store?: InMemoryCartStore;
}

/**
 * The cart cache without Redis, for tests of a service that uses it: the same calls, errors, limits and checkout, held to the
 * same contract suite. Carts live in this process alone and are gone with it, so it is of no use in production.
 */
export function createInMemoryCarts(settings: InMemoryCartsOptions = {}): Carts {
  const { now = Date.now, store = new InMemoryCartStore(now), ...options } = settings;
  const run = createInMemoryScripts(store);
  return createCarts({
    ...options,
    redis: { run: async (script, input) => run(script, input), ready: alwaysReady, ping: alwaysReady },
  });
}

const alwaysReady = () => Promise.resolve();
