import type { CartCache, CartItem, CheckoutRecord } from '../cart-cache';

/** Settled by hand, so that a test decides what happens while an order is being processed. */
export function orderInProgress(cache: CartCache, userToken: string, openCheckout?: CheckoutRecord | null) {
  let finish!: { resolve: (value: string) => void; reject: (error: unknown) => void };
  let outcome!: Promise<string>;
  const started = new Promise<{
    items: readonly CartItem[];
    checkoutId: string;
    resumed: boolean;
    incarnation: string;
  }>((resolve, reject) => {
    outcome = cache.checkout(
      userToken,
      (items, checkoutId, { resumed, incarnation }) =>
        new Promise<string>((res, rej) => {
          finish = { resolve: res, reject: rej };
          resolve({ items, checkoutId, resumed, incarnation });
        }),
      { openCheckout },
    );
    outcome.catch(reject);
  });
  return { started, outcome, resolve: () => finish.resolve('done'), reject: (error: unknown) => finish.reject(error) };
}
