import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { CartCache, CartItem, CutLine } from './cart-cache';
import { assertMergeRule, assertUserToken, type CartLimits } from './cart-rules';
import { getScript, mergeApplyScript, mergeEndScript, mergeTakeScript } from './cart-scripts';

interface MergeSettings {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly ttlMs: number;
  readonly limits: CartLimits;
  readonly newIncarnation: () => string;
}

/** Of a merge that broke off into another cart, of the rest of the cart, and of what was added to it meanwhile. */
const mostRounds = 3;

/**
 * The carts may lie in different slots of a Cluster, so a merge is three steps, each atomic: set the lines apart in the source
 * under a merge id, apply them to the target once for that id, forget them in the source. A call that finds lines set apart by
 * one that broke off takes them up first. The target remembers merge ids for longer than the source keeps lines apart.
 */
export function createMerge({ redis, ttlMs, limits, newIncarnation }: MergeSettings): CartCache['merge'] {
  return async (fromToken, intoToken, { rule = 'sum' } = {}) => {
    assertUserToken(fromToken);
    assertUserToken(intoToken);
    assertMergeRule(rule);
    const cut: CutLine[] = [];
    let began = false;
    let cart: CartItem[] | undefined;
    for (let round = 0; fromToken !== intoToken && round < mostRounds; round += 1) {
      const taken = await redis.run(mergeTakeScript, {
        userToken: fromToken,
        mergeId: randomUUID(),
        intoToken,
        lifeMs: ttlMs,
      });
      if (!taken) break;
      const { mergeId, items } = taken;
      const target = { userToken: taken.intoToken, limits, ttlMs, newIncarnation: newIncarnation() };
      // What a later round brings belongs to the same merge: it must not replace what an earlier one brought.
      const applied = await redis.run(mergeApplyScript, {
        ...target,
        mergeId,
        lifeMs: 2 * ttlMs,
        rule: began ? 'sum' : rule,
        items,
      });
      if (taken.intoToken === intoToken) {
        began = true;
        cart = applied.cart;
        cut.push(...applied.cut);
      }
      await redis.run(mergeEndScript, { userToken: fromToken, mergeId });
    }
    return { cart: cart ?? (await redis.run(getScript, { userToken: intoToken, ttlMs })), cut };
  };
}
