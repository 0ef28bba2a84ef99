/** Every key that belongs to a cart; the braces put all of them into one Cluster slot. */
export const cartKeys = (userToken: string) => new CartKeys(userToken);

class CartKeys {
  readonly cart: string;

  constructor(userToken: string) {
    this.cart = `{${userToken}}_cart`;
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
