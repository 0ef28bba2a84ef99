import type { CartLimits, LineInput } from '../cart-rules';
import type { ClampedLine } from '../carts';
import type { Outgoing, TransferRule } from '../scripts';
import type { InMemoryCartStore, StoredCart } from './in-memory-cart-store';
import type { InMemoryScripts } from './in-memory-scripts';

type TransferScripts = Pick<InMemoryScripts, 'transferBeginScript' | 'transferApplyScript' | 'transferEndScript'>;

export function createTransferScripts(store: InMemoryCartStore): TransferScripts {
  /** Takes the lines, and the data of a cart that has no lines left, out of the cart. */
  const setApart = (key: string, lineId: string | undefined) => {
    const cart = store.carts.get(key);
    const locked = store.locks.get(key)?.locked;
    const lines: LineInput[] = [];
    for (const [id, line] of cart?.lines ?? []) {
      const left = Math.min(locked?.get(id) ?? 0, line.quantity);
      if (line.quantity === left || (lineId !== undefined && lineId !== id)) continue;
      lines.push({ id, quantity: line.quantity - left, data: line.data });
      line.quantity = left;
      if (left === 0) cart?.lines.delete(id);
    }
    const takesData = cart && lineId === undefined && cart.lines.size === 0;
    const cartData = takesData ? cart.data : '';
    if (takesData) cart.data = '';
    return { cart, lines, cartData };
  };

  return {
    transferBeginScript: ({ keys, transferId, toCart, rule, lineId, lifeMs }) => {
      const getUses = (ofRule: TransferRule) =>
        ofRule === 'move' ? [] : store.idempotencyKeys.entries(`${keys.cart} `).flat();
      const started = store.outgoing.get(keys.cart);
      if (started) return { ...started, uses: getUses(started.rule) };
      const { cart, lines, cartData } = setApart(keys.cart, lineId);
      const outgoing: Outgoing = { transferId, toCart, rule, cartData, lines, uses: getUses(rule) };
      if (cart && (lines.length > 0 || cartData !== '')) {
        cart.changes += 1;
        store.endVersionIfEmpty(keys.cart);
        store.outgoing.set(keys.cart, outgoing, lifeMs);
      }
      return lines.length === 0 && cartData === '' && outgoing.uses.length === 0 ? undefined : outgoing;
    },

    transferApplyScript: ({ keys, outgoing, rule, lifeMs, limits, ttlMs, newCartVersion, idempotencyKeyLifeMs }) => {
      const { transferId, cartData, lines, uses } = outgoing;
      for (let i = 0; i + 1 < uses.length; i += 2) {
        const rememberedAs = `${keys.cart} ${uses[i]}`;
        if (store.idempotencyKeys.get(rememberedAs) === undefined)
          store.idempotencyKeys.set(rememberedAs, uses[i + 1] ?? '', idempotencyKeyLifeMs);
      }
      if (lines.length === 0 && cartData === '') return { clamped: [], cart: store.toCart(keys.cart) };
      const known = store.incoming.get(`${keys.cart} ${transferId}`);
      if (known) return { clamped: [...known], cart: store.toCart(keys.cart) };
      const cart = store.open(keys.cart, newCartVersion, ttlMs);
      if (rule === 'replace') cart.lines.clear();
      const clamped: ClampedLine[] = [];
      for (const line of lines) clamped.push(...addLine(cart, line, rule, limits));
      if (cartData !== '' && (cart.data === '' || rule === 'replace')) {
        cart.data = cartData;
        cart.changes += 1;
      }
      store.clampLocked(keys.cart);
      store.incoming.set(`${keys.cart} ${transferId}`, clamped, lifeMs);
      return { clamped, cart: store.toCart(keys.cart) };
    },

    transferEndScript: ({ keys, transferId, ttlMs, newCartVersion, putBack }) => {
      const outgoing = store.outgoing.get(keys.cart);
      if (outgoing?.transferId !== transferId) return;
      for (const { id, quantity } of putBack) {
        const data = outgoing.lines.find((line) => line.id === id)?.data ?? '';
        const cart = store.open(keys.cart, newCartVersion, ttlMs);
        const held = cart.lines.get(id);
        cart.changes += 1;
        cart.lines.set(id, { quantity: (held?.quantity ?? 0) + quantity, data: held?.data ?? data });
      }
      store.outgoing.delete(keys.cart);
    },
  };
}

/** Returns what was clamped. */
function addLine(
  cart: StoredCart,
  { id, quantity: brought, data }: LineInput,
  rule: TransferRule,
  limits: CartLimits,
): ClampedLine[] {
  const held = cart.lines.get(id);
  const before = held?.quantity ?? 0;
  const requested = rule === 'max' ? Math.max(before, brought) : before + brought;
  const hasRoom = held !== undefined || cart.lines.size < limits.maxLines;
  const quantity = hasRoom ? Math.max(before, Math.min(requested, limits.maxQuantity)) : 0;
  cart.changes += 1;
  if (quantity > 0) cart.lines.set(id, { quantity, data: held?.data || data });
  return quantity < requested ? [{ id, requested, quantity }] : [];
}
