import type { CartCache, CartItem, CheckoutOutcome, CheckoutRecord, OrderOutcome } from '../cart-cache';

/** Ended by hand, so that a test decides what happens while an order is being processed. */
export function orderInProgress(cache: CartCache, userToken: string, openCheckout?: CheckoutRecord | null) {
  let end!: { resolve: (outcome: OrderOutcome<string, string>) => void; reject: (error: unknown) => void };
  let outcome!: Promise<CheckoutOutcome<string, string>>;
  const started = new Promise<{
    items: readonly CartItem[];
    checkoutId: string;
    resumed: boolean;
    incarnation: string;
  }>((resolve, reject) => {
    outcome = cache.checkout<string, string>(
      userToken,
      (items, checkoutId, { resumed, incarnation }) =>
        new Promise((res, rej) => {
          end = { resolve: res, reject: rej };
          resolve({ items, checkoutId, resumed, incarnation });
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
    fail: (message = 'no answer') => end.reject(new Error(message)),
  };
}

/** For checkouts whose order is not what a test is about. */
export const completed = () => Promise.resolve({ outcome: 'completed', result: 'done' } as const);
