import type { Script } from '@badger-store/redis-kit';
import {
  CartLimitError,
  CartVersionConflictError,
  CheckoutInProgressError,
  IdempotencyKeyReusedError,
  ItemNotInCartError,
} from '../cart-errors';
import { escapeId } from '../cart-ids';
import type { CartLimits, LineInput } from '../cart-rules';
import type { Cart } from '../carts';
import add from '../lua/add.lua';
import deleteCart from '../lua/delete.lua';
import get from '../lua/get.lua';
import { replyCodes, withPrelude } from '../lua/prelude';
import setLine from '../lua/set-line.lua';
import update from '../lua/update.lua';
import { readCart } from '../read-cart';
import { changing, flattenLines, type OfCart } from './encoding';

export const getScript: Script<OfCart & { ttlMs: number }, Cart> = {
  name: 'get',
  lua: withPrelude(get),
  changes: false,
  encode: ({ keys, ttlMs }) => ({ keys: [keys.cart], args: [ttlMs] }),
  decode: toCart,
};

export interface AddInput extends OfCart {
  readonly id: string;
  readonly quantity: number;
  readonly data: string;
  readonly limits: CartLimits;
  readonly ttlMs: number;
  readonly newCartVersion: string;
  readonly ifVersion: string;
  readonly idempotencyKey: string | undefined;
  readonly idempotencyKeys: { readonly lifeMs: number; readonly max: number };
}

const addFor = <Output>(
  replyWith: 'cart' | 'quantity',
  decode: (reply: unknown) => Output,
): Script<AddInput, Output> => ({
  ...changing('add', add),
  encode(input) {
    const { id, quantity, data, limits, ttlMs, newCartVersion, ifVersion, idempotencyKey, idempotencyKeys } = input;
    const { maxLines, maxQuantity } = limits;
    const { cart, lock, idempotency } = input.keys;
    const keys = [cart, lock];
    const args = [escapeId(id), quantity, data, maxLines, maxQuantity, ttlMs, newCartVersion, ifVersion, replyWith];
    if (idempotencyKey === undefined) return { keys, args };
    return {
      keys: [...keys, idempotency],
      args: [...args, idempotencyKey, idempotencyKeys.lifeMs, idempotencyKeys.max],
    };
  },
  decode(reply, { limits, idempotencyKey, idempotencyKeys }) {
    if (reply === replyCodes.TOO_MANY_LINES) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    if (reply === replyCodes.TOO_MANY_OF_ITEM) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (reply === replyCodes.IDEMPOTENCY_KEY_REUSED) throw new IdempotencyKeyReusedError(idempotencyKey ?? '');
    if (reply === replyCodes.TOO_MANY_IDEMPOTENCY_KEYS) {
      throw new CartLimitError('TOO_MANY_IDEMPOTENCY_KEYS', idempotencyKeys.max);
    }
    if (reply === replyCodes.CART_VERSION_CONFLICT) throw new CartVersionConflictError();
    return decode(reply);
  },
});

/** Replies with the whole cart. */
export const addScript = addFor('cart', toCart);
/** Replies with the line's new quantity alone: its cost does not grow with the cart. */
export const addQuantityScript = addFor('quantity', Number);

interface SetLineInput extends OfCart {
  readonly id: string;
  /** `undefined` keeps it. */
  readonly newQuantity: number | undefined;
  readonly data: string;
  readonly ttlMs: number;
  readonly ifVersion: string;
}

export const setLineScript: Script<SetLineInput, Cart> = {
  ...changing('set-line', setLine),
  encode: ({ keys: { cart, locked }, id, newQuantity, data, ttlMs, ifVersion }) => ({
    keys: [cart, locked],
    args: [escapeId(id), newQuantity ?? '', data, ttlMs, ifVersion],
  }),
  decode(reply, { id }) {
    if (reply === replyCodes.ITEM_NOT_IN_CART) throw new ItemNotInCartError(id);
    if (reply === replyCodes.CART_VERSION_CONFLICT) throw new CartVersionConflictError();
    return toCart(reply);
  },
};

interface UpdateInput extends OfCart {
  /** `undefined` keeps them. */
  readonly newLines: readonly LineInput[] | undefined;
  readonly data: string;
  readonly ttlMs: number;
  readonly newCartVersion: string;
  readonly ifVersion: string;
}

export const updateScript: Script<UpdateInput, Cart> = {
  ...changing('update', update),
  encode({ keys: { cart, locked, lock }, newLines, data, ttlMs, newCartVersion, ifVersion }) {
    const lines = newLines ? ['replace', ...flattenLines(newLines)] : ['keep'];
    return { keys: [cart, locked, lock], args: [ttlMs, newCartVersion, ifVersion, data, ...lines] };
  },
  decode(reply) {
    if (reply === replyCodes.CART_VERSION_CONFLICT) throw new CartVersionConflictError();
    return toCart(reply);
  },
};

/** An open checkout is asked about again after this time at the earliest. */
const minRetryAfterMs = 1000;

export const deleteScript: Script<OfCart, void> = {
  ...changing('delete', deleteCart),
  encode: ({ keys: { cart, lock, locked, idempotency, outgoing, incoming } }) => ({
    keys: [lock, cart, locked, idempotency, outgoing, incoming],
    args: [minRetryAfterMs],
  }),
  decode(reply) {
    const [code, retryAfterMs] = reply as [number, number];
    if (code === replyCodes.CHECKOUT_IN_PROGRESS) throw new CheckoutInProgressError(Number(retryAfterMs));
  },
};

function toCart(reply: unknown): Cart {
  return readCart(reply as string);
}
