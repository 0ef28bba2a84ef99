import { randomBytes } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { CartCache } from './cart-cache';
import { assertItemId, assertItems, assertQuantity, assertUserToken } from './cart-rules';
import { addScript, getScript, setQuantityScript, setScript, settleScript } from './cart-scripts';
import { createCheckout } from './checkout';

export interface RedisCartCacheOptions {
  readonly redis: RedisClient;
  /** A cart that is neither read nor changed for this long is gone; default 7 days. */
  readonly ttlSeconds?: number;
  /** Default 100. */
  readonly maxLines?: number;
  /** Of one item; default 999. */
  readonly maxQuantity?: number;
  /** How long a checkout holds its claim without a sign of life; default 30. */
  readonly checkoutLeaseSeconds?: number;
}

/** The cart cache on a Redis that all services share. One round trip a call; `checkout` takes two, and one a renewal. */
export function createRedisCartCache(options: RedisCartCacheOptions): CartCache {
  const { redis } = options;
  const ttlMs = (options.ttlSeconds ?? 7 * 24 * 3600) * 1000;
  const limits = { maxLines: options.maxLines ?? 100, maxQuantity: options.maxQuantity ?? 999 };
  const newIncarnation = () => randomBytes(6).toString('base64url');

  const setQuantity: CartCache['setQuantity'] = async (userToken, id, quantity) => {
    assertUserToken(userToken);
    assertItemId(id);
    assertQuantity(quantity, 0, limits);
    return redis.run(setQuantityScript, { userToken, id, quantity, ttlMs });
  };

  const set: CartCache['set'] = async (userToken, items) => {
    assertUserToken(userToken);
    assertItems(items, limits);
    return redis.run(setScript, { userToken, items, ttlMs, newIncarnation: newIncarnation() });
  };

  return {
    async get(userToken) {
      assertUserToken(userToken);
      return redis.run(getScript, { userToken, ttlMs });
    },
    set,
    async add(userToken, id, quantity = 1) {
      assertUserToken(userToken);
      assertItemId(id);
      assertQuantity(quantity, 1, limits);
      return redis.run(addScript, { userToken, id, quantity, limits, ttlMs, newIncarnation: newIncarnation() });
    },
    setQuantity,
    remove: (userToken, id) => setQuantity(userToken, id, 0),
    clear: (userToken) => set(userToken, []),
    checkout: createCheckout({ redis, ttlMs, leaseMs: (options.checkoutLeaseSeconds ?? 30) * 1000 }),
    async settle(userToken, done) {
      assertUserToken(userToken);
      await redis.run(settleScript, { userToken, ttlMs, done });
    },
  };
}
