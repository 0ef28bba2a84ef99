import { useMemo } from 'react';
import { ApiProblem } from '../api/problem';
import { useStore } from '../api/store';
import type { Item, ProblemCode } from '../api/types';
import { announce } from '../components/live-region';
import { cart } from '../shop';
import { linesAfter } from './cart-queue';

/** The cart as the customer wants it, also before the store has responded. */
export function useCart() {
  const state = useStore(cart);
  const { cart: found, pending } = state;
  const lines = useMemo(() => linesAfter(found.lines, pending), [found, pending]);
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { ...state, lines, count, isSaving: pending.length > 0 };
}

/** Adds at once; what the store makes of it is shown when it responds. */
export function addToCart({ id, name }: Pick<Item, 'id' | 'name'>, quantity = 1): void {
  cart.change(id, quantity);
  announce(`${quantity === 1 ? name : `${quantity} × ${name}`} added to the cart`);
}

/** The message to a customer when the store refused a change of the cart. */
export function refusalText(error: unknown, name: string): string {
  if (!(error instanceof ApiProblem)) return `${name} could not be changed.`;
  switch (error.code as ProblemCode) {
    case 'TOO_MANY_OF_ITEM':
      return `The cart holds 999 of one item at most, so ${name} stays as it was.`;
    case 'TOO_MANY_LINES':
      return `The cart is full: it holds 100 different items. ${name} was not added.`;
    case 'OUT_OF_STOCK':
      return `${name} is sold out and was not added.`;
    default:
      return `${name}: ${error.message}`;
  }
}
