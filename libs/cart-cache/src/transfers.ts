import { randomUUID } from 'node:crypto';
import { assertCartId, assertLineId, assertMergeRule, idempotencyKeys } from './cart-rules';
import type { Cart, Carts, ClampedLine, MergeOptions } from './carts';
import type { CartContext } from './create-carts';
import {
  getScript,
  transferApplyScript,
  transferBeginScript,
  transferEndScript,
  type Outgoing,
  type TransferRule,
} from './scripts';

interface TransferOptions extends Pick<MergeOptions, 'onClamped'> {
  readonly lineId?: string;
}

/** One for a transfer into another cart that broke off, one for the rest of the cart, one for what was added to it meanwhile. */
const maxRounds = 3;

/**
 * The carts may lie in different slots of a Cluster, so a transfer is three steps, each atomic: set the lines apart in the source
 * under a transfer id, apply them to the target once for that id, forget them in the source. A call that finds lines set apart by
 * one that broke off takes them up first. The target remembers transfer ids for longer than the source keeps lines apart.
 */
export function createTransfers(context: CartContext): Pick<Carts, 'merge' | 'move'> {
  const { redis, limits, getKeys, getTtlMs, newCartVersion } = context;

  async function transfer(fromCart: string, toCart: string, rule: TransferRule, options: TransferOptions) {
    const { lineId, onClamped } = options;
    const from = getKeys(fromCart);
    const fromTtlMs = getTtlMs(fromCart);
    const clamped: ClampedLine[] = [];
    let hasStarted = false;
    let cart: Cart | undefined;
    for (let round = 0; fromCart !== toCart && round < maxRounds; round += 1) {
      const outgoing: Outgoing | undefined = await redis.run(transferBeginScript, {
        keys: from,
        transferId: randomUUID(),
        toCart,
        // What a later round brings belongs to the same transfer: it must not replace what an earlier one brought.
        rule: hasStarted && rule !== 'move' ? 'sum' : rule,
        lineId,
        lifeMs: fromTtlMs,
      });
      if (!outgoing) break;
      const { transferId } = outgoing;
      const toTtlMs = getTtlMs(outgoing.toCart);
      const applied = await redis.run(transferApplyScript, {
        keys: getKeys(outgoing.toCart),
        outgoing,
        rule: outgoing.rule,
        lifeMs: 2 * Math.max(fromTtlMs, toTtlMs),
        limits,
        ttlMs: toTtlMs,
        newCartVersion: newCartVersion(),
        idempotencyKeyLifeMs: idempotencyKeys.lifeMs,
      });
      if (outgoing.toCart === toCart) {
        cart = applied.cart;
        clamped.push(...applied.clamped);
      }
      if (outgoing.lines.length === 0 && outgoing.cartData === '') break;
      hasStarted ||= outgoing.toCart === toCart;
      const isMove = outgoing.rule === 'move';
      if (applied.clamped.length > 0 && !isMove) {
        await onClamped?.({ mergeId: transferId, toCart: outgoing.toCart, lines: applied.clamped });
      }
      await redis.run(transferEndScript, {
        keys: from,
        transferId,
        ttlMs: fromTtlMs,
        newCartVersion: newCartVersion(),
        putBack: isMove
          ? applied.clamped.map(({ id, requested, quantity }) => ({ id, quantity: requested - quantity }))
          : [],
      });
      // What was put back would come again.
      if (isMove && outgoing.toCart === toCart && applied.clamped.length > 0) break;
    }
    cart ??= await redis.run(getScript, { keys: getKeys(toCart), ttlMs: getTtlMs(toCart) });
    return { cart, clamped };
  }

  return {
    async merge(fromCart, toCart, { rule = 'sum', onClamped } = {}) {
      assertCartId(fromCart);
      assertCartId(toCart);
      assertMergeRule(rule);
      return transfer(fromCart, toCart, rule, { onClamped });
    },
    async move(fromCart, lineId, toCart) {
      assertCartId(fromCart);
      assertLineId(lineId);
      assertCartId(toCart);
      return transfer(fromCart, toCart, 'move', { lineId });
    },
  };
}
