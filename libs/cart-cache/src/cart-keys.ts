import { escapeId } from './cart-ids';

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
