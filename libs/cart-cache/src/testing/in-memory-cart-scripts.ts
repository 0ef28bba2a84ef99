import { CartLimitError, CheckoutInProgressError, IdempotencyKeyReusedError, ItemNotInCartError } from '../cart-errors';
import type { AddInput } from '../scripts';
import type { InMemoryCartStore } from './in-memory-cart-store';
import { assertVersion, chooseData, type InMemoryScripts } from './in-memory-scripts';

type CartScripts = Pick<
  InMemoryScripts,
  'getScript' | 'addScript' | 'addQuantityScript' | 'setLineScript' | 'updateScript' | 'deleteScript'
>;

export function createCartScripts(store: InMemoryCartStore): CartScripts {
  const add = (input: AddInput): number => {
    const { keys, id, quantity, data, limits, idempotencyKey, idempotencyKeys } = input;
    const rememberedAs = `${keys.cart} ${idempotencyKey}`;
    const use = `${id} ${quantity} ${data}`;
    const lines = store.carts.get(keys.cart)?.lines;
    const held = lines?.get(id);
    if (idempotencyKey !== undefined) {
      const known = store.idempotencyKeys.get(rememberedAs);
      if (known !== undefined && known !== use) throw new IdempotencyKeyReusedError(idempotencyKey);
      if (known !== undefined) return held?.quantity ?? 0;
      if (store.idempotencyKeys.entries(`${keys.cart} `).length >= idempotencyKeys.max)
        throw new CartLimitError('TOO_MANY_IDEMPOTENCY_KEYS', idempotencyKeys.max);
    }
    assertVersion(store, keys, input.ifVersion);
    const sum = (held?.quantity ?? 0) + quantity;
    if (sum > limits.maxQuantity) throw new CartLimitError('TOO_MANY_OF_ITEM', limits.maxQuantity);
    if (!held && (lines?.size ?? 0) >= limits.maxLines) throw new CartLimitError('TOO_MANY_LINES', limits.maxLines);
    const cart = store.open(keys.cart, input.newCartVersion, input.ttlMs);
    cart.changes += 1;
    cart.lines.set(id, { quantity: sum, data: chooseData(data, held?.data ?? '') });
    if (idempotencyKey !== undefined) store.idempotencyKeys.set(rememberedAs, use, idempotencyKeys.lifeMs);
    return sum;
  };

  return {
    getScript: ({ keys, ttlMs }) => {
      store.carts.keep(keys.cart, ttlMs);
      return store.toCart(keys.cart);
    },

    addQuantityScript: add,

    addScript: (input) => {
      add(input);
      return store.toCart(input.keys.cart);
    },

    setLineScript: ({ keys, id, newQuantity, data, ttlMs, ifVersion }) => {
      assertVersion(store, keys, ifVersion);
      const cart = store.carts.get(keys.cart);
      const line = cart?.lines.get(id);
      if (!cart || !line) throw new ItemNotInCartError(id);
      cart.changes += 1;
      line.quantity = newQuantity ?? line.quantity;
      line.data = chooseData(data, line.data);
      if (line.quantity === 0) cart.lines.delete(id);
      store.endVersionIfEmpty(keys.cart);
      store.clampLocked(keys.cart);
      store.carts.keep(keys.cart, ttlMs);
      return store.toCart(keys.cart);
    },

    updateScript: ({ keys, newLines, data, ttlMs, newCartVersion, ifVersion }) => {
      assertVersion(store, keys, ifVersion);
      const isFilled = (newLines ?? []).length > 0 || chooseData(data, '') !== '';
      const cart = isFilled ? store.open(keys.cart, newCartVersion, ttlMs) : store.carts.get(keys.cart);
      if (cart) {
        cart.changes += 1 + (newLines?.length ?? 0);
        if (newLines) cart.lines.clear();
        for (const line of newLines ?? []) cart.lines.set(line.id, { quantity: line.quantity, data: line.data });
        cart.data = chooseData(data, cart.data);
        store.endVersionIfEmpty(keys.cart);
        store.carts.keep(keys.cart, ttlMs);
      }
      store.clampLocked(keys.cart);
      return store.toCart(keys.cart);
    },

    deleteScript: ({ keys }) => {
      const lock = store.locks.get(keys.cart);
      if (lock) throw new CheckoutInProgressError(Math.max(1000, lock.leaseUntil - store.now()));
      store.delete(keys.cart);
    },
  };
}
