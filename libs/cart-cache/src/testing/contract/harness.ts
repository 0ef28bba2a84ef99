import { randomUUID } from 'node:crypto';
import type { Carts } from '../../carts';
import type { CartSettings } from '../../create-carts';

export interface CartsHarness {
  /** Carts with these settings; `Carts` of different `n` are different clients of the same carts. */
  cache(n: number, options?: CartSettings): Carts;
}

export const newCartId = () => randomUUID();
