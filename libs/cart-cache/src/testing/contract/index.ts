import { describeAdds } from './adds';
import { describeCartData } from './cart-data';
import { describeCheckoutLocks } from './checkout-locks';
import { describeCheckouts } from './checkouts';
import type { CartsHarness } from './harness';
import { describeIds } from './ids';
import { describeLines } from './lines';
import { describeMerges } from './merges';
import { describeMoves } from './moves';
import { describeScans } from './scans';

export type { CartsHarness } from './harness';

/** Every promise of `Carts` that does not depend on where carts are kept, as tests for Jest's globals. */
export function describeCarts(name: string, harness: CartsHarness): void {
  const subjects = [
    describeLines,
    describeIds,
    describeAdds,
    describeCartData,
    describeMerges,
    describeMoves,
    describeScans,
    describeCheckouts,
    describeCheckoutLocks,
  ];
  for (const describeSubject of subjects) describeSubject(name, harness);
}
