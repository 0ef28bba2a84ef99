import type { Script } from '@badger-store/redis-kit';
import { escapeId, unescapeId } from '../cart-ids';
import type { CartLimits, LineInput } from '../cart-rules';
import type { Cart, ClampedLine, MergeRule } from '../carts';
import transferApply from '../lua/transfer-apply.lua';
import transferBegin from '../lua/transfer-begin.lua';
import transferEnd from '../lua/transfer-end.lua';
import { readCart } from '../read-cart';
import { changing, flattenLines, parseLines, type OfCart } from './encoding';

/** `move` sums, and puts back what the target has no room for. */
export type TransferRule = MergeRule | 'move';

/** Lines that were set apart in one cart and are on their way into another, with the uses of its idempotency keys. */
export interface Outgoing {
  readonly transferId: string;
  readonly toCart: string;
  readonly rule: TransferRule;
  /** JSON, '' for none. */
  readonly cartData: string;
  readonly lines: readonly LineInput[];
  /** Idempotency key, its use, … */
  readonly uses: readonly string[];
}

interface BeginInput extends OfCart {
  readonly transferId: string;
  readonly toCart: string;
  readonly rule: TransferRule;
  /** `undefined`: the whole cart. */
  readonly lineId: string | undefined;
  readonly lifeMs: number;
}

export const transferBeginScript: Script<BeginInput, Outgoing | undefined> = {
  ...changing('transfer-begin', transferBegin),
  encode: ({ keys: { cart, locked, outgoing, idempotency }, transferId, toCart, rule, lineId, lifeMs }) => ({
    keys: [cart, locked, outgoing, idempotency],
    args: [transferId, escapeId(toCart), rule, lineId === undefined ? '' : escapeId(lineId), lifeMs],
  }),
  decode(reply) {
    const parts = reply as [] | [string, string, TransferRule, string, string[], string[]];
    if (parts.length === 0) return undefined;
    const [transferId, toCart, rule, cartData, lines, uses] = parts;
    return { transferId, toCart: unescapeId(toCart), rule, cartData, lines: parseLines(lines), uses };
  },
};

interface ApplyInput extends OfCart {
  readonly outgoing: Outgoing;
  readonly rule: TransferRule;
  readonly lifeMs: number;
  readonly limits: CartLimits;
  readonly ttlMs: number;
  readonly newCartVersion: string;
  readonly idempotencyKeyLifeMs: number;
}

export const transferApplyScript: Script<ApplyInput, { clamped: ClampedLine[]; cart: Cart }> = {
  ...changing('transfer-apply', transferApply),
  encode({ keys, outgoing, rule, lifeMs, limits, ttlMs, newCartVersion, idempotencyKeyLifeMs }) {
    const { transferId, cartData, lines, uses } = outgoing;
    const settings = [limits.maxLines, limits.maxQuantity, ttlMs, newCartVersion, idempotencyKeyLifeMs];
    return {
      keys: [keys.cart, keys.locked, keys.incoming, keys.lock, keys.idempotency],
      args: [transferId, lifeMs, rule, ...settings, cartData, lines.length, ...flattenLines(lines), ...uses],
    };
  },
  decode(reply) {
    const [flat, cart] = reply as [string[], string];
    const clamped: ClampedLine[] = [];
    for (let i = 0; i + 2 < flat.length; i += 3) {
      const [id = '', requested, quantity] = flat.slice(i, i + 3);
      clamped.push({ id: unescapeId(id), requested: Number(requested), quantity: Number(quantity) });
    }
    return { clamped, cart: readCart(cart) };
  },
};

interface EndInput extends OfCart {
  readonly transferId: string;
  readonly ttlMs: number;
  readonly newCartVersion: string;
  readonly putBack: readonly { readonly id: string; readonly quantity: number }[];
}

export const transferEndScript: Script<EndInput, void> = {
  ...changing('transfer-end', transferEnd),
  encode: ({ keys: { outgoing, cart, lock }, transferId, ttlMs, newCartVersion, putBack }) => ({
    keys: [outgoing, cart, lock],
    args: [transferId, ttlMs, newCartVersion, ...putBack.flatMap(({ id, quantity }) => [escapeId(id), quantity])],
  }),
  decode: () => undefined,
};
