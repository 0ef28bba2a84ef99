import { randomBytes } from 'node:crypto';
import type { AddOptions, Carts } from './carts';
import {
  assertCartId,
  assertIdempotencyKey,
  assertLineId,
  assertLines,
  assertQuantity,
  assertRecord,
} from './cart-rules';
import {
  addQuantityScript,
  addScript,
  completeScript,
  getScript,
  setLineScript,
  setScript,
  type AddInput,
} from './cart-scripts';
import { assertCartSettings } from './cart-options';
import { createCheckout } from './checkout';
import { createMerge } from './merge';
import { openRedis, type ExistingRedis, type OwnRedis } from './open-redis';

/** How carts behave. */
export interface CartSettings {
  /** A cart that is neither read nor changed for this long is deleted; default 7 days. */
  readonly ttlSeconds?: number | undefined;
  /** Default 100. */
  readonly maxLines?: number | undefined;
  /** Of one line; default 999. */
  readonly maxQuantity?: number | undefined;
  /** How long a checkout lock holds without being extended; default 30. */
  readonly checkoutLeaseSeconds?: number | undefined;
}

export type CartsOptions = CartSettings & (ExistingRedis | OwnRedis);

const idempotencyKeys = { lifeMs: 10 * 60 * 1000, max: 1000 };

/**
 * Carts in a Redis that all services share. A call takes one round trip; `checkout` takes two, and one for each extension of its lock.
 * Throws `InvalidOptionError` for a wrong option.
 *
 * @example
 * const carts = createCarts({ redis: 'redis://127.0.0.1:6379', ttlSeconds: 30 * 24 * 3600 });
 * await carts.ready();
 * await carts.add('user-7', 'mug', 2); // [{ id: 'mug', quantity: 2 }]
 */
export function createCarts(options: CartsOptions): Carts {
  assertCartSettings(options);
  const redis = openRedis(options);
  const ttlMs = (options.ttlSeconds ?? 7 * 24 * 3600) * 1000;
  const limits = { maxLines: options.maxLines ?? 100, maxQuantity: options.maxQuantity ?? 999 };
  const newCartVersion = createCartVersions();

  const setLine: Carts['setLine'] = async (cartId, id, { quantity }) => {
    assertCartId(cartId);
    assertLineId(id);
    assertQuantity(quantity, 0, limits);
    return redis.run(setLineScript, { cartId, id, quantity, ttlMs });
  };

  const set: Carts['set'] = async (cartId, lines) => {
    assertCartId(cartId);
    assertLines(lines, limits);
    return redis.run(setScript, { cartId, lines, ttlMs, newCartVersion: newCartVersion() });
  };

  const addInput = (cartId: string, id: string, quantity = 1, { idempotencyKey }: AddOptions = {}): AddInput => {
    assertCartId(cartId);
    assertLineId(id);
    assertQuantity(quantity, 1, limits);
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const newLine = { ttlMs, newCartVersion: newCartVersion() };
    return { cartId, id, quantity, limits, ...newLine, idempotencyKey, idempotencyKeys };
  };

  return {
    ready: (timeoutMs = 30_000) => redis.ready(timeoutMs),
    ping: () => redis.ping(),
    close: () => redis.close(),
    async get(cartId) {
      assertCartId(cartId);
      return redis.run(getScript, { cartId, ttlMs });
    },
    set,
    async add(cartId, id, quantity, options) {
      return redis.run(addScript, addInput(cartId, id, quantity, options));
    },
    async addQuantity(cartId, id, quantity, options) {
      return redis.run(addQuantityScript, addInput(cartId, id, quantity, options));
    },
    setLine,
    remove: (cartId, id) => setLine(cartId, id, { quantity: 0 }),
    clear: (cartId) => set(cartId, []),
    merge: createMerge({ redis, ttlMs, limits, idempotencyKeyLifeMs: idempotencyKeys.lifeMs, newCartVersion }),
    ...createCheckout({ redis, ttlMs, leaseMs: (options.checkoutLeaseSeconds ?? 30) * 1000 }),
    async completeCheckout(cartId, done) {
      assertCartId(cartId);
      assertRecord(done);
      return (await redis.run(completeScript, { cartId, ttlMs, done })) ?? '';
    },
  };
}

/** Names that no other process and no other cart has; drawing a random one for each add would take a tenth of its time. */
function createCartVersions(): () => string {
  const process = randomBytes(6).toString('base64url');
  let count = 0;
  return () => `${process}${(count++).toString(36)}`;
}
