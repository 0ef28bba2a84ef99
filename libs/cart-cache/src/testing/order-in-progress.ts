import type { Carts, CartLine, CheckoutOutcome, CheckoutRecord, OrderOutcome } from '../carts';

/** Ended by hand, so that a test decides what happens while an order is being processed. */
export function orderInProgress(cache: Carts, cartId: string, openCheckout?: CheckoutRecord | null) {
  let end!: { resolve: (outcome: OrderOutcome<string, string>) => void; reject: (error: unknown) => void };
  let outcome!: Promise<CheckoutOutcome<string, string>>;
  const started = new Promise<{
    lines: readonly CartLine[];
    checkoutId: string;
    resumed: boolean;
    cartVersion: string;
  }>((resolve, reject) => {
    outcome = cache.checkout<string, string>(
      cartId,
      (lines, checkoutId, { resumed, cartVersion }) =>
        new Promise((res, rej) => {
          end = { resolve: res, reject: rej };
          resolve({ lines, checkoutId, resumed, cartVersion });
        }),
      { openCheckout },
    );
    outcome.catch(reject);
  });
  return {
    started,
    outcome,
    complete: () => end.resolve({ outcome: 'completed', result: 'done' }),
    reject: (reason: string) => end.resolve({ outcome: 'rejected', reason }),
    /** The outcome stays unknown. */
    fail: (message = 'no response') => end.reject(new Error(message)),
  };
}

/** For checkouts whose order is not what a test is about. */
export const completed = () => Promise.resolve({ outcome: 'completed', result: 'done' } as const);
