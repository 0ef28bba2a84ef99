import { escapeId, unescapeId } from './cart-ids';

/** The keys of a cart; the braces put all of them into one slot of a Cluster. */
export class CartKeys {
  readonly cart: string;

  constructor(prefix: string, cartId: string) {
    this.cart = `${prefix}{${escapeId(cartId)}}_cart`;
  }

  get lock() {
    return `${this.cart}:lock`;
  }
  get locked() {
    return `${this.cart}:locked`;
  }
  get idempotency() {
    return `${this.cart}:idempotency`;
  }
  get outgoing() {
    return `${this.cart}:outgoing`;
  }
  get incoming() {
    return `${this.cart}:incoming`;
  }
}

/** With a meaning in the patterns of SCAN. */
const globCharacters = /[*?[\]\\^-]/g;

/** The pattern of SCAN for the keys of all carts, without the further keys of each cart. */
export const toKeyPattern = (prefix: string): string => `${prefix.replace(globCharacters, '\\$&')}{*}_cart`;

/** The cart id in the key of a cart. */
export const toCartId = (prefix: string, key: string): string =>
  unescapeId(key.slice(prefix.length + '{'.length, -'}_cart'.length));
