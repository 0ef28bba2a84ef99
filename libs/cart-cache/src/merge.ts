import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { CartCache, CartItem, ClampedLine } from './cart-cache';
import { assertMergeRule, assertUserToken, type CartLimits } from './cart-rules';
import { getScript, mergeApplyScript, mergeEndScript, mergeTakeScript } from './cart-scripts';

interface MergeSettings {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly ttlMs: number;
  readonly limits: CartLimits;
  readonly operationLifeMs: number;
  readonly newIncarnation: () => string;
}

/** One for a merge into another cart that broke off, one for the rest of the cart, one for what was added to it meanwhile. */
const maxRounds = 3;

/**
 * The carts may lie in different slots of a Cluster, so a merge is three steps, each atomic: set the lines apart in the source
 * under a merge id, apply them to the target once for that id, forget them in the source. A call that finds lines set apart by
 * one that broke off takes them up first. The target remembers merge ids for longer than the source keeps lines apart.
 */
export function createMerge(settings: MergeSettings): CartCache['merge'] {
  const { redis, ttlMs, limits, operationLifeMs, newIncarnation } = settings;
  return async (fromToken, intoToken, { rule = 'sum', onClamped } = {}) => {
    assertUserToken(fromToken);
    assertUserToken(intoToken);
    assertMergeRule(rule);
    const clamped: ClampedLine[] = [];
    let merged = false;
    let cart: CartItem[] | undefined;
    for (let round = 0; fromToken !== intoToken && round < maxRounds; round += 1) {
      const taken = await redis.run(mergeTakeScript, {
        userToken: fromToken,
        mergeId: randomUUID(),
        intoToken,
        lifeMs: ttlMs,
      });
      if (!taken) break;
      const { mergeId, items, operationUses } = taken;
      const applied = await redis.run(mergeApplyScript, {
        userToken: taken.intoToken,
        mergeId,
        lifeMs: 2 * ttlMs,
        // What a later round brings belongs to the same merge: it must not replace what an earlier one brought.
        rule: merged ? 'sum' : rule,
        limits,
        ttlMs,
        newIncarnation: newIncarnation(),
        items,
        operationUses,
        operationLifeMs,
      });
      if (taken.intoToken === intoToken) {
        cart = applied.cart;
        clamped.push(...applied.clamped);
      }
      if (items.length === 0) break;
      merged ||= taken.intoToken === intoToken;
      if (applied.clamped.length > 0) {
        await onClamped?.({ mergeId, intoToken: taken.intoToken, lines: applied.clamped });
      }
      await redis.run(mergeEndScript, { userToken: fromToken, mergeId });
    }
    return { cart: cart ?? (await redis.run(getScript, { userToken: intoToken, ttlMs })), clamped };
  };
}
