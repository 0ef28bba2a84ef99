import { randomBytes } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { AddOptions, CartCache } from './cart-cache';
import {
  assertItemId,
  assertItems,
  assertOperationId,
  assertQuantity,
  assertRecord,
  assertUserToken,
} from './cart-rules';
import {
  addQuantityScript,
  addScript,
  getScript,
  setQuantityScript,
  setScript,
  settleScript,
  type AddInput,
} from './cart-scripts';
import { createCheckout } from './checkout';
import { createMerge } from './merge';

export interface RedisCartCacheOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  /** A cart that is neither read nor changed for this long is gone; default 7 days. */
  readonly ttlSeconds?: number;
  /** Default 100. */
  readonly maxLines?: number;
  /** Of one item; default 999. */
  readonly maxQuantity?: number;
  /** How long a checkout holds its lock without a sign of life; default 30. */
  readonly checkoutLeaseSeconds?: number;
}

const operations = { lifeMs: 10 * 60 * 1000, most: 1000 };

/** The cart cache on a Redis that all services share. One round trip a call; `checkout` takes two, and one a renewal. */
export function createRedisCartCache(options: RedisCartCacheOptions): CartCache {
  const { redis } = options;
  const ttlMs = (options.ttlSeconds ?? 7 * 24 * 3600) * 1000;
  const limits = { maxLines: options.maxLines ?? 100, maxQuantity: options.maxQuantity ?? 999 };
  const newIncarnation = createIncarnations();

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

  const addInput = (userToken: string, id: string, quantity = 1, { operationId }: AddOptions = {}): AddInput => {
    assertUserToken(userToken);
    assertItemId(id);
    assertQuantity(quantity, 1, limits);
    if (operationId !== undefined) assertOperationId(operationId);
    const newLine = { ttlMs, newIncarnation: newIncarnation() };
    return { userToken, id, quantity, limits, ...newLine, operationId, operations };
  };

  return {
    async get(userToken) {
      assertUserToken(userToken);
      return redis.run(getScript, { userToken, ttlMs });
    },
    set,
    async add(userToken, id, quantity, options) {
      return redis.run(addScript, addInput(userToken, id, quantity, options));
    },
    async addQuantity(userToken, id, quantity, options) {
      return redis.run(addQuantityScript, addInput(userToken, id, quantity, options));
    },
    setQuantity,
    remove: (userToken, id) => setQuantity(userToken, id, 0),
    clear: (userToken) => set(userToken, []),
    merge: createMerge({ redis, ttlMs, limits, operationLifeMs: operations.lifeMs, newIncarnation }),
    ...createCheckout({ redis, ttlMs, leaseMs: (options.checkoutLeaseSeconds ?? 30) * 1000 }),
    async settle(userToken, done) {
      assertUserToken(userToken);
      assertRecord(done);
      return (await redis.run(settleScript, { userToken, ttlMs, done })) ?? '';
    },
  };
}

/** Names that no other process and no other cart has; drawing a random one for each add would take a tenth of its time. */
function createIncarnations(): () => string {
  const process = randomBytes(6).toString('base64url');
  let count = 0;
  return () => `${process}${(count++).toString(36)}`;
}
