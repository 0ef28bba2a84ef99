import { escapeId, unescapeId } from './cart-ids';

export type CartKeys = ReturnType<typeof toCartKeys>;

/** The keys of a cart; the braces put all of them into one slot of a Cluster. */
export function toCartKeys(prefix: string, cartId: string) {
  const cart = `${prefix}{${escapeId(cartId)}}_cart`;
  return {
    cart,
    lock: `${cart}:lock`,
    locked: `${cart}:locked`,
    idempotency: `${cart}:idempotency`,
    outgoing: `${cart}:outgoing`,
    incoming: `${cart}:incoming`,
  };
}

/** With a meaning in the patterns of SCAN. */
const globCharacters = /[*?[\]\\^-]/g;

/** The pattern of SCAN for the keys of all carts, without the further keys of each cart. */
export const toKeyPattern = (prefix: string): string => `${prefix.replace(globCharacters, '\\$&')}{*}_cart`;

/** The cart id in the key of a cart. */
export const toCartId = (prefix: string, key: string): string =>
  unescapeId(key.slice(prefix.length + '{'.length, -'}_cart'.length));
