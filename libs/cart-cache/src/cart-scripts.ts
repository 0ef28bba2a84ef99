import type { Script } from '@badger-store/redis-kit';
import type { CartItem, CheckoutRecord, ClampedLine, MergeRule } from './cart-cache';
import {
  CartLimitError,
  CheckoutUnderWayError,
  EmptyCartError,
  ItemNotInCartError,
  OperationIdReusedError,
} from './cart-errors';
import { cartKeys } from './cart-keys';
import type { CartLimits } from './cart-rules';
import add from './lua/add.lua';
import claim from './lua/claim.lua';
import get from './lua/get.lua';
import mergeApply from './lua/merge-apply.lua';
import mergeEnd from './lua/merge-end.lua';
import mergeTake from './lua/merge-take.lua';
import { replyCodes, withPrelude } from './lua/prelude';
import release from './lua/release.lua';
import renew from './lua/renew.lua';
import set from './lua/set.lua';
import setQuantity from './lua/set-quantity.lua';
import settle from './lua/settle.lua';
import { readCart } from './read-cart';

interface OfCart {
  readonly userToken: string;
}

interface Attempt extends OfCart {
  readonly checkoutId: string;
  readonly attemptId: string;
}

export interface Claim {
  readonly resumed: boolean;
  readonly checkoutId: string;
  readonly incarnation: string;
  readonly items: CartItem[];
}

const changing = (name: string, lua: string) => ({ name, lua: withPrelude(lua), changes: true });

export const getScript: Script<OfCart & { ttlMs: number }, CartItem[]> = {
  name: 'get',
  lua: withPrelude(get),
  changes: false,
  encode: ({ userToken, ttlMs }) => ({ keys: [cartKeys(userToken).cart], args: [ttlMs] }),
  decode: toItems,
};

export interface AddInput extends OfCart {
  readonly id: string;
  readonly quantity: number;
  readonly limits: CartLimits;
  readonly ttlMs: number;
  readonly newIncarnation: string;
  readonly operationId: string | undefined;
  readonly operations: { readonly lifeMs: number; readonly most: number };
}

const addFor = <Output>(
  replyWith: 'cart' | 'quantity',
  decode: (reply: unknown) => Output,
): Script<AddInput, Output> => ({
  ...changing('add', add),
  encode({ userToken, id, quantity, limits, ttlMs, newIncarnation, operationId, operations }) {
    const { cart, claim, operations: remembered } = cartKeys(userToken);
    const { maxLines, maxQuantity } = limits;
    const keys = [cart, claim];
    const args = [id, quantity, maxLines, maxQuantity, ttlMs, newIncarnation, replyWith];
    if (operationId === undefined) return { keys, args };
    return { keys: [...keys, remembered], args: [...args, operationId, operations.lifeMs, operations.most] };
  },
  decode(reply, { limits, operationId, operations }) {
    if (reply === replyCodes.TOO_MANY_LINES) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    if (reply === replyCodes.TOO_MANY_OF_ITEM) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (reply === replyCodes.OPERATION_ID_REUSED) throw new OperationIdReusedError(operationId ?? '');
    if (reply === replyCodes.TOO_MANY_OPERATIONS) throw new CartLimitError('TOO_MANY_OPERATIONS', operations.most);
    return decode(reply);
  },
});

/** Replies with the whole cart. */
export const addScript = addFor('cart', toItems);
/** Replies with the line's new quantity alone: its cost does not grow with the cart. */
export const addQuantityScript = addFor('quantity', Number);

export const setQuantityScript: Script<OfCart & { id: string; quantity: number; ttlMs: number }, CartItem[]> = {
  ...changing('set-quantity', setQuantity),
  encode({ userToken, id, quantity, ttlMs }) {
    const { cart, claimed } = cartKeys(userToken);
    return { keys: [cart, claimed], args: [id, quantity, ttlMs] };
  },
  decode(reply, { id }) {
    if (reply === replyCodes.ITEM_NOT_IN_CART) throw new ItemNotInCartError(id);
    return toItems(reply);
  },
};

export const setScript: Script<OfCart & { items: readonly CartItem[]; ttlMs: number; newIncarnation: string }, void> = {
  ...changing('set', set),
  encode({ userToken, items, ttlMs, newIncarnation }) {
    const { cart, claimed, claim } = cartKeys(userToken);
    return { keys: [cart, claimed, claim], args: [ttlMs, newIncarnation, ...fromItems(items)] };
  },
  decode: () => undefined,
};

export const claimScript: Script<
  Attempt & { leaseMs: number; keepMs: number; openCheckout: CheckoutRecord | null | undefined },
  Claim
> = {
  ...changing('claim', claim),
  encode({ userToken, checkoutId, attemptId, leaseMs, keepMs, openCheckout }) {
    const { cart, claim, claimed } = cartKeys(userToken);
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
    if (code === replyCodes.CHECKOUT_UNDER_WAY) throw new CheckoutUnderWayError(Number(rest[0]));
    const [checkoutId = '', incarnation = '', ...lines] = rest;
    return { resumed: code === 1, checkoutId, incarnation, items: pairs(lines) };
  },
};

/** Tells whether the claim is still the attempt's own. */
export const renewScript: Script<Attempt & { leaseMs: number }, boolean> = {
  ...changing('renew', renew),
  encode: ({ userToken, checkoutId, attemptId, leaseMs }) => ({
    keys: [cartKeys(userToken).claim],
    args: [checkoutId, attemptId, leaseMs],
  }),
  decode: (reply) => reply !== replyCodes.CLAIM_LOST,
};

/** Tells whether the claim was still the attempt's own. */
export const releaseScript: Script<Attempt, boolean> = {
  ...changing('release', release),
  encode({ userToken, checkoutId, attemptId }) {
    const { claim, claimed } = cartKeys(userToken);
    return { keys: [claim, claimed], args: [checkoutId, attemptId] };
  },
  decode: (reply) => reply !== replyCodes.CLAIM_LOST,
};

/** Resolves to the cart's version once the checkout is off the cart; `undefined`: the claim was another's. */
export const settleScript: Script<
  OfCart & { ttlMs: number; done: Omit<Attempt, 'userToken'> | CheckoutRecord },
  string | undefined
> = {
  ...changing('settle', settle),
  encode({ userToken, ttlMs, done }) {
    const { cart, claim, claimed } = cartKeys(userToken);
    const args =
      'attemptId' in done
        ? [done.checkoutId, done.attemptId, ttlMs]
        : [done.checkoutId, '', ttlMs, done.incarnation, ...fromItems(done.items)];
    return { keys: [cart, claim, claimed], args };
  },
  decode: (reply) => (reply === replyCodes.CLAIM_LOST ? undefined : (reply as string)),
};

/** Lines that were set apart in one cart and are on their way into another, with what its operation ids stand for. */
export interface LinesApart {
  readonly mergeId: string;
  readonly intoToken: string;
  readonly items: CartItem[];
  /** Operation id, what it stands for, … */
  readonly operationUses: readonly string[];
}

export const mergeTakeScript: Script<
  OfCart & { mergeId: string; intoToken: string; lifeMs: number },
  LinesApart | undefined
> = {
  ...changing('merge-take', mergeTake),
  encode({ userToken, mergeId, intoToken, lifeMs }) {
    const { cart, claimed, apart, operations } = cartKeys(userToken);
    return { keys: [cart, claimed, apart, operations], args: [mergeId, intoToken, lifeMs] };
  },
  decode(reply) {
    const [mergeId, intoToken, lines = [], operationUses = []] = reply as [string?, string?, string[]?, string[]?];
    if (mergeId === undefined || intoToken === undefined) return undefined;
    return { mergeId, intoToken, items: pairs(lines), operationUses };
  },
};

export const mergeApplyScript: Script<
  OfCart & {
    mergeId: string;
    lifeMs: number;
    rule: MergeRule;
    limits: CartLimits;
    ttlMs: number;
    newIncarnation: string;
    items: readonly CartItem[];
    operationUses: readonly string[];
    operationLifeMs: number;
  },
  { clamped: ClampedLine[]; cart: CartItem[] }
> = {
  ...changing('merge-apply', mergeApply),
  encode(input) {
    const { cart, claimed, merged, claim, operations } = cartKeys(input.userToken);
    const { mergeId, lifeMs, rule, limits, ttlMs, newIncarnation, operationLifeMs, items } = input;
    const cartArgs = [limits.maxLines, limits.maxQuantity, ttlMs, newIncarnation];
    return {
      keys: [cart, claimed, merged, claim, operations],
      args: [
        ...[mergeId, lifeMs, rule, ...cartArgs, operationLifeMs],
        ...[items.length, ...fromItems(items), ...input.operationUses],
      ],
    };
  },
  decode(reply) {
    const [flat, cart] = reply as [string[], string];
    const clamped: ClampedLine[] = [];
    for (let i = 0; i + 2 < flat.length; i += 3) {
      clamped.push({ id: flat[i] as string, requested: Number(flat[i + 1]), quantity: Number(flat[i + 2]) });
    }
    return { clamped, cart: toItems(cart) };
  },
};

export const mergeEndScript: Script<OfCart & { mergeId: string }, void> = {
  ...changing('merge-end', mergeEnd),
  encode: ({ userToken, mergeId }) => ({ keys: [cartKeys(userToken).apart], args: [mergeId] }),
  decode: () => undefined,
};

const fromItems = (items: readonly CartItem[]) => items.flatMap(({ id, quantity }) => [id, quantity]);

const fromRecord = (record: CheckoutRecord) => [record.checkoutId, record.incarnation, ...fromItems(record.items)];

function toItems(reply: unknown): CartItem[] {
  return readCart(reply as string);
}

function pairs(flat: readonly string[]): CartItem[] {
  const items: CartItem[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    items.push({ id: flat[i] as string, quantity: Number(flat[i + 1]) });
  }
  return items;
}
