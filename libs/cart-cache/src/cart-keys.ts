/** Every key that belongs to a cart; the braces put all of them into one Cluster slot. */
export const cartKeys = (cartId: string) => new CartKeys(cartId);

class CartKeys {
  readonly cart: string;

  constructor(cartId: string) {
    this.cart = `{${cartId}}_cart`;
  }

  get claim() {
    return `${this.cart}:claim`;
  }
  get claimed() {
    return `${this.cart}:claimed`;
  }
  get operations() {
    return `${this.cart}:operations`;
  }
  get apart() {
    return `${this.cart}:apart`;
  }
  get merged() {
    return `${this.cart}:merged`;
  }
}
