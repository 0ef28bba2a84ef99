import { useMemo } from 'react';
import { useStore } from '../api/store';
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
