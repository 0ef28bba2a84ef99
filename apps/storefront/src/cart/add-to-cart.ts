import type { Item } from '../api/types';
import { announce } from '../components/live-region';
import { cart } from '../shop';

/** Adds at once; what the store makes of it is shown when it responds. */
export function addToCart({ id, name }: Pick<Item, 'id' | 'name'>, quantity = 1): void {
  cart.change(id, quantity);
  announce(`${quantity === 1 ? name : `${quantity} × ${name}`} added to the cart`);
}
