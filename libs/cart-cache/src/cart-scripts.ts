import type { Script } from '@badger-store/redis-kit';
import type { CartLine, CheckoutRecord, ClampedLine, MergeRule } from './carts';
import {
  CartLimitError,
  CheckoutInProgressError,
  EmptyCartError,
  ItemNotInCartError,
  IdempotencyKeyReusedError,
} from './cart-errors';
import { cartKeys } from './cart-keys';
import type { CartLimits } from './cart-rules';
import add from './lua/add.lua';
import claim from './lua/acquire.lua';
import get from './lua/get.lua';
import transferApply from './lua/transfer-apply.lua';
import transferEnd from './lua/transfer-end.lua';
import transferBegin from './lua/transfer-begin.lua';
import { replyCodes, withPrelude } from './lua/prelude';
import release from './lua/release.lua';
import renew from './lua/extend.lua';
import set from './lua/set.lua';
import setLine from './lua/set-line.lua';
import settle from './lua/complete.lua';
import { readCart } from './read-cart';

interface OfCart {
  readonly cartId: string;
}

interface Attempt extends OfCart {
  readonly checkoutId: string;
  readonly attemptId: string;
}

export interface Claim {
  readonly resumed: boolean;
  readonly checkoutId: string;
  readonly cartVersion: string;
  readonly lines: CartLine[];
}

const changing = (name: string, lua: string) => ({ name, lua: withPrelude(lua), changes: true });

export const getScript: Script<OfCart & { ttlMs: number }, CartLine[]> = {
  name: 'get',
  lua: withPrelude(get),
  changes: false,
  encode: ({ cartId, ttlMs }) => ({ keys: [cartKeys(cartId).cart], args: [ttlMs] }),
  decode: toLines,
};

export interface AddInput extends OfCart {
  readonly id: string;
  readonly quantity: number;
  readonly limits: CartLimits;
  readonly ttlMs: number;
  readonly newCartVersion: string;
  readonly idempotencyKey: string | undefined;
  readonly idempotencyKeys: { readonly lifeMs: number; readonly max: number };
}

const addFor = <Output>(
  replyWith: 'cart' | 'quantity',
  decode: (reply: unknown) => Output,
): Script<AddInput, Output> => ({
  ...changing('add', add),
  encode({ cartId, id, quantity, limits, ttlMs, newCartVersion, idempotencyKey, idempotencyKeys }) {
    const { cart, claim, operations: remembered } = cartKeys(cartId);
    const { maxLines, maxQuantity } = limits;
    const keys = [cart, claim];
    const args = [id, quantity, maxLines, maxQuantity, ttlMs, newCartVersion, replyWith];
    if (idempotencyKey === undefined) return { keys, args };
    return {
      keys: [...keys, remembered],
      args: [...args, idempotencyKey, idempotencyKeys.lifeMs, idempotencyKeys.max],
    };
  },
  decode(reply, { limits, idempotencyKey, idempotencyKeys }) {
    if (reply === replyCodes.TOO_MANY_LINES) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    if (reply === replyCodes.TOO_MANY_OF_ITEM) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (reply === replyCodes.IDEMPOTENCY_KEY_REUSED) throw new IdempotencyKeyReusedError(idempotencyKey ?? '');
    if (reply === replyCodes.TOO_MANY_IDEMPOTENCY_KEYS)
      throw new CartLimitError('TOO_MANY_IDEMPOTENCY_KEYS', idempotencyKeys.max);
    return decode(reply);
  },
});

/** Replies with the whole cart. */
export const addScript = addFor('cart', toLines);
/** Replies with the line's new quantity alone: its cost does not grow with the cart. */
export const addQuantityScript = addFor('quantity', Number);

export const setLineScript: Script<OfCart & { id: string; quantity: number; ttlMs: number }, CartLine[]> = {
  ...changing('set-line', setLine),
  encode({ cartId, id, quantity, ttlMs }) {
    const { cart, claimed } = cartKeys(cartId);
    return { keys: [cart, claimed], args: [id, quantity, ttlMs] };
  },
  decode(reply, { id }) {
    if (reply === replyCodes.ITEM_NOT_IN_CART) throw new ItemNotInCartError(id);
    return toLines(reply);
  },
};

export const setScript: Script<OfCart & { lines: readonly CartLine[]; ttlMs: number; newCartVersion: string }, void> = {
  ...changing('set', set),
  encode({ cartId, lines, ttlMs, newCartVersion }) {
    const { cart, claimed, claim } = cartKeys(cartId);
    return { keys: [cart, claimed, claim], args: [ttlMs, newCartVersion, ...fromLines(lines)] };
  },
  decode: () => undefined,
};

export const acquireScript: Script<
  Attempt & { leaseMs: number; keepMs: number; openCheckout: CheckoutRecord | null | undefined },
  Claim
> = {
  ...changing('acquire', claim),
  encode({ cartId, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) {
    const { cart, claim, claimed } = cartKeys(cartId);
    const known =
      openCheckout === undefined
        ? ['unknown']
        : openCheckout === null
          ? ['none']
          : ['open', ...fromRecord(openCheckout)];
    return { keys: [cart, claim, claimed], args: [checkoutId, attemptId, leaseMs, keepMs, ...known] };
  },
  decode(reply) {
    const [code, ...rest] = reply as [number, ...string[]];
    if (code === replyCodes.EMPTY_CART) throw new EmptyCartError();
    if (code === replyCodes.CHECKOUT_IN_PROGRESS) throw new CheckoutInProgressError(Number(rest[0]));
    const [checkoutId = '', cartVersion = '', ...lines] = rest;
    return { resumed: code === 1, checkoutId, cartVersion, lines: pairs(lines) };
  },
};

/** Tells whether the claim is still the attempt's own. */
export const extendScript: Script<Attempt & { leaseMs: number }, boolean> = {
  ...changing('extend', renew),
  encode: ({ cartId, checkoutId, attemptId, leaseMs }) => ({
    keys: [cartKeys(cartId).claim],
    args: [checkoutId, attemptId, leaseMs],
  }),
  decode: (reply) => reply !== replyCodes.CLAIM_LOST,
};

/** Tells whether the claim was still the attempt's own. */
export const releaseScript: Script<Attempt, boolean> = {
  ...changing('release', release),
  encode({ cartId, checkoutId, attemptId }) {
    const { claim, claimed } = cartKeys(cartId);
    return { keys: [claim, claimed], args: [checkoutId, attemptId] };
  },
  decode: (reply) => reply !== replyCodes.CLAIM_LOST,
};

/** Resolves to the cart's version once the checkout is off the cart; `undefined`: the claim was another's. */
export const completeScript: Script<
  OfCart & { ttlMs: number; done: Omit<Attempt, 'cartId'> | CheckoutRecord },
  string | undefined
> = {
  ...changing('complete', settle),
  encode({ cartId, ttlMs, done }) {
    const { cart, claim, claimed } = cartKeys(cartId);
    const args =
      'attemptId' in done
        ? [done.checkoutId, done.attemptId, ttlMs]
        : [done.checkoutId, '', ttlMs, done.cartVersion, ...fromLines(done.lines)];
    return { keys: [cart, claim, claimed], args };
  },
  decode: (reply) => (reply === replyCodes.CLAIM_LOST ? undefined : (reply as string)),
};

/** Lines that were set apart in one cart and are on their way into another, with what its operation ids stand for. */
export interface LinesApart {
  readonly mergeId: string;
  readonly toCart: string;
  readonly lines: CartLine[];
  /** Operation id, what it stands for, … */
  readonly idempotencyKeyUses: readonly string[];
}

export const transferBeginScript: Script<
  OfCart & { mergeId: string; toCart: string; lifeMs: number },
  LinesApart | undefined
> = {
  ...changing('transfer-begin', transferBegin),
  encode({ cartId, mergeId, toCart, lifeMs }) {
    const { cart, claimed, apart, operations } = cartKeys(cartId);
    return { keys: [cart, claimed, apart, operations], args: [mergeId, toCart, lifeMs] };
  },
  decode(reply) {
    const [mergeId, toCart, lines = [], idempotencyKeyUses = []] = reply as [string?, string?, string[]?, string[]?];
    if (mergeId === undefined || toCart === undefined) return undefined;
    return { mergeId, toCart, lines: pairs(lines), idempotencyKeyUses };
  },
};

export const transferApplyScript: Script<
  OfCart & {
    mergeId: string;
    lifeMs: number;
    rule: MergeRule;
    limits: CartLimits;
    ttlMs: number;
    newCartVersion: string;
    lines: readonly CartLine[];
    idempotencyKeyUses: readonly string[];
    idempotencyKeyLifeMs: number;
  },
  { clamped: ClampedLine[]; cart: CartLine[] }
> = {
  ...changing('transfer-apply', transferApply),
  encode(input) {
    const { cart, claimed, merged, claim, operations } = cartKeys(input.cartId);
    const { mergeId, lifeMs, rule, limits, ttlMs, newCartVersion, idempotencyKeyLifeMs, lines } = input;
    const cartArgs = [limits.maxLines, limits.maxQuantity, ttlMs, newCartVersion];
    return {
      keys: [cart, claimed, merged, claim, operations],
      args: [
        ...[mergeId, lifeMs, rule, ...cartArgs, idempotencyKeyLifeMs],
        ...[lines.length, ...fromLines(lines), ...input.idempotencyKeyUses],
      ],
    };
  },
  decode(reply) {
    const [flat, cart] = reply as [string[], string];
    const clamped: ClampedLine[] = [];
    for (let i = 0; i + 2 < flat.length; i += 3) {
      clamped.push({ id: flat[i] as string, requested: Number(flat[i + 1]), quantity: Number(flat[i + 2]) });
    }
    return { clamped, cart: toLines(cart) };
  },
};

export const transferEndScript: Script<OfCart & { mergeId: string }, void> = {
  ...changing('transfer-end', transferEnd),
  encode: ({ cartId, mergeId }) => ({ keys: [cartKeys(cartId).apart], args: [mergeId] }),
  decode: () => undefined,
};

const fromLines = (lines: readonly CartLine[]) => lines.flatMap(({ id, quantity }) => [id, quantity]);

const fromRecord = (record: CheckoutRecord) => [record.checkoutId, record.cartVersion, ...fromLines(record.lines)];

function toLines(reply: unknown): CartLine[] {
  return readCart(reply as string);
}

function pairs(flat: readonly string[]): CartLine[] {
  const lines: CartLine[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    lines.push({ id: flat[i] as string, quantity: Number(flat[i + 1]) });
  }
  return lines;
}
