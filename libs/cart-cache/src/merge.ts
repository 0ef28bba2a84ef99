import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { Carts, CartLine, ClampedLine } from './carts';
import { assertMergeRule, assertCartId, type CartLimits } from './cart-rules';
import { getScript, transferApplyScript, transferEndScript, transferBeginScript } from './cart-scripts';

interface MergeSettings {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly ttlMs: number;
  readonly limits: CartLimits;
  readonly idempotencyKeyLifeMs: number;
  readonly newCartVersion: () => string;
}

/** One for a merge into another cart that broke off, one for the rest of the cart, one for what was added to it meanwhile. */
const maxRounds = 3;

/**
 * The carts may lie in different slots of a Cluster, so a merge is three steps, each atomic: set the lines apart in the source
 * under a merge id, apply them to the target once for that id, forget them in the source. A call that finds lines set apart by
 * one that broke off takes them up first. The target remembers merge ids for longer than the source keeps lines apart.
 */
export function createMerge(settings: MergeSettings): Carts['merge'] {
  const { redis, ttlMs, limits, idempotencyKeyLifeMs, newCartVersion } = settings;
  return async (fromCart, toCart, { rule = 'sum', onClamped } = {}) => {
    assertCartId(fromCart);
    assertCartId(toCart);
    assertMergeRule(rule);
    const clamped: ClampedLine[] = [];
    let merged = false;
    let cart: CartLine[] | undefined;
    for (let round = 0; fromCart !== toCart && round < maxRounds; round += 1) {
      const taken = await redis.run(transferBeginScript, {
        cartId: fromCart,
        mergeId: randomUUID(),
        toCart,
        lifeMs: ttlMs,
      });
      if (!taken) break;
      const { mergeId, lines, idempotencyKeyUses } = taken;
      const applied = await redis.run(transferApplyScript, {
        cartId: taken.toCart,
        mergeId,
        lifeMs: 2 * ttlMs,
        // What a later round brings belongs to the same merge: it must not replace what an earlier one brought.
        rule: merged ? 'sum' : rule,
        limits,
        ttlMs,
        newCartVersion: newCartVersion(),
        lines,
        idempotencyKeyUses,
        idempotencyKeyLifeMs,
      });
      if (taken.toCart === toCart) {
        cart = applied.cart;
        clamped.push(...applied.clamped);
      }
      if (lines.length === 0) break;
      merged ||= taken.toCart === toCart;
      if (applied.clamped.length > 0) {
        await onClamped?.({ mergeId, toCart: taken.toCart, lines: applied.clamped });
      }
      await redis.run(transferEndScript, { cartId: fromCart, mergeId });
    }
    return { cart: cart ?? (await redis.run(getScript, { cartId: toCart, ttlMs })), clamped };
  };
}
