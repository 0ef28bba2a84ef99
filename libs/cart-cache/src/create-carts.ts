import { randomBytes } from 'node:crypto';
import { InvalidCartInputError } from './cart-errors';
import { toCartId, toCartKeys, toKeyPattern, type CartKeys } from './cart-keys';
import {
  assertCartId,
  assertIdempotencyKey,
  assertLineId,
  assertQuantity,
  encodeData,
  idempotencyKeys,
  toExpectedVersion,
  toFields,
  toLineInputs,
  toRecordInput,
  type CartLimits,
} from './cart-rules';
import type { AddOptions, CartChange, Carts, ChangeOptions, LineChange } from './carts';
import { assertCartSettings, assertTtlSeconds } from './cart-options';
import { createCheckout } from './checkout';
import { openRedis, type CartsRedis, type ExistingRedis, type OwnRedis } from './open-redis';
import {
  addQuantityScript,
  addScript,
  completeScript,
  deleteScript,
  getScript,
  setLineScript,
  updateScript,
  type AddInput,
} from './scripts';
import { createTransfers } from './transfers';

/** How carts behave. */
export interface CartSettings {
  /** A cart that is neither read nor changed for this long is deleted; default 7 days. A function names the time of each cart. */
  readonly ttlSeconds?: number | ((cartId: string) => number) | undefined;
  /** Default 100. */
  readonly maxLines?: number | undefined;
  /** Of one line; default 999. */
  readonly maxQuantity?: number | undefined;
  /** Of the data of a line, and of the data of a cart, as JSON; default 4096. */
  readonly maxDataBytes?: number | undefined;
  /** How long a checkout lock holds without being extended; default 30. */
  readonly checkoutLeaseSeconds?: number | undefined;
  /** Comes before the keys of all carts; has no braces. Default ''. */
  readonly keyPrefix?: string | undefined;
}

export type CartsOptions = CartSettings & (ExistingRedis | OwnRedis);

/** What the operations of a cart share. */
export interface CartContext {
  readonly redis: CartsRedis;
  readonly limits: CartLimits;
  readonly getKeys: (cartId: string) => CartKeys;
  readonly getTtlMs: (cartId: string) => number;
  readonly newCartVersion: () => string;
}

/**
 * Carts in a Redis that all services share. A call takes one round trip; `checkout` takes two, and one for each extension of its lock.
 * Throws `InvalidOptionError` for a wrong option.
 *
 * @example
 * const carts = createCarts({ redis: 'redis://127.0.0.1:6379', ttlSeconds: 30 * 24 * 3600 });
 * await carts.ready();
 * await carts.add('user-7', 'mug', 2); // { lines: [{ id: 'mug', quantity: 2 }], version: '…' }
 */
export function createCarts<LineData = unknown, CartData = unknown>(options: CartsOptions): Carts<LineData, CartData> {
  assertCartSettings(options);
  // What a script replies has the type of what the caller wrote.
  return createUntypedCarts(openRedis(options), options) as Carts<LineData, CartData>;
}

function createUntypedCarts(redis: ReturnType<typeof openRedis>, settings: CartSettings): Carts {
  const { maxLines = 100, maxQuantity = 999, maxDataBytes = 4096, keyPrefix = '' } = settings;
  const { ttlSeconds = 7 * 24 * 3600, checkoutLeaseSeconds = 30 } = settings;
  const limits = { maxLines, maxQuantity, maxDataBytes };
  const newCartVersion = createCartVersions();
  const getKeys = (cartId: string) => toCartKeys(keyPrefix, cartId);
  const getTtlMs = (cartId: string) => {
    if (typeof ttlSeconds === 'number') return ttlSeconds * 1000;
    const chosen = ttlSeconds(cartId);
    assertTtlSeconds(chosen);
    return chosen * 1000;
  };

  const getCart = async (cartId: string) => {
    assertCartId(cartId);
    return redis.run(getScript, { keys: getKeys(cartId), ttlMs: getTtlMs(cartId) });
  };

  const addInput = (cartId: string, id: string, quantity = 1, options: AddOptions = {}): AddInput => {
    const { idempotencyKey, data, ifVersion } = options;
    assertCartId(cartId);
    assertLineId(id);
    assertQuantity(quantity, 1, limits);
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    return {
      keys: getKeys(cartId),
      id,
      quantity,
      data: encodeData(data, limits),
      limits,
      ttlMs: getTtlMs(cartId),
      newCartVersion: newCartVersion(),
      ifVersion: toExpectedVersion(ifVersion),
      idempotencyKey,
      idempotencyKeys,
    };
  };

  const setLine = async (cartId: string, id: string, change: LineChange, options: ChangeOptions = {}) => {
    assertCartId(cartId);
    assertLineId(id);
    const { quantity, data } = toFields(change);
    if (quantity !== undefined || data === undefined) assertQuantity(quantity, 0, limits);
    return redis.run(setLineScript, {
      keys: getKeys(cartId),
      id,
      newQuantity: quantity,
      data: encodeData(data, limits),
      ttlMs: getTtlMs(cartId),
      ifVersion: toExpectedVersion(options.ifVersion),
    });
  };

  const update = async (cartId: string, change: CartChange, options: ChangeOptions = {}) => {
    assertCartId(cartId);
    const { lines, data } = toFields(change);
    return redis.run(updateScript, {
      keys: getKeys(cartId),
      newLines: lines === undefined ? undefined : toLineInputs(lines, limits),
      data: encodeData(data, limits),
      ttlMs: getTtlMs(cartId),
      newCartVersion: newCartVersion(),
      ifVersion: toExpectedVersion(options.ifVersion),
    });
  };

  const set: Carts['set'] = async (cartId, lines, options) => {
    if (lines === undefined) throw new InvalidCartInputError('Lines are an array.');
    await update(cartId, { lines }, options);
  };

  const context: CartContext = { redis, limits, getKeys, getTtlMs, newCartVersion };
  return {
    ready: (timeoutMs = 30_000) => redis.ready(timeoutMs),
    ping: () => redis.ping(),
    close: () => redis.close(),
    get: async (cartId) => (await getCart(cartId)).lines,
    getCart,
    set,
    add: async (cartId, id, quantity, options) => redis.run(addScript, addInput(cartId, id, quantity, options)),
    addQuantity: async (cartId, id, quantity, options) =>
      redis.run(addQuantityScript, addInput(cartId, id, quantity, options)),
    setLine,
    remove: (cartId, id, options) => setLine(cartId, id, { quantity: 0 }, options),
    clear: (cartId, options) => set(cartId, [], options),
    update,
    ...createTransfers(context),
    async delete(cartId) {
      assertCartId(cartId);
      await redis.run(deleteScript, { keys: getKeys(cartId) });
    },
    async *scan() {
      for await (const keys of redis.scan(toKeyPattern(keyPrefix))) {
        for (const key of keys) yield toCartId(keyPrefix, key);
      }
    },
    ...createCheckout(context, checkoutLeaseSeconds * 1000),
    async completeCheckout(cartId, completed) {
      assertCartId(cartId);
      const input = { keys: getKeys(cartId), ttlMs: getTtlMs(cartId), completed: toRecordInput(completed) };
      return (await redis.run(completeScript, input)) ?? '';
    },
  };
}

/** Names that no other process and no other cart has; drawing a random one for each add would take a tenth of its time. */
function createCartVersions(): () => string {
  const process = randomBytes(6).toString('base64url');
  let count = 0;
  return () => `${process}${(count++).toString(36)}`;
}
