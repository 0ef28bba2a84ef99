import { hasCode, isTransient } from '../api/problem';
import { createStore } from '../api/store';
import type { CheckoutRequest, Order } from '../api/types';

export type PaymentState =
  | { readonly step: 'idle' }
  | { readonly step: 'paying' }
  /** The store does not know yet whether it charged: the page sends the same request until it knows. */
  | { readonly step: 'outcome-unknown'; readonly asked: number }
  | { readonly step: 'paid'; readonly order: Order }
  | { readonly step: 'refused'; readonly error: unknown };

interface Attempt {
  readonly key: string;
  readonly request: CheckoutRequest;
}

export interface PaymentParts {
  readonly pay: (attempt: Attempt) => Promise<Order>;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

const place = 'badger-store.payment';
const pausesMs = [1000, 2000, 3000, 5000];

/**
 * Runs one payment at a time, each with an idempotency key that survives a reload: no payment is made twice when the page reloads or a
 * response is lost.
 */
export function createPayment({ pay, storage, newKey, sleep }: PaymentParts) {
  const store = createStore<{ readonly payment: PaymentState }>({ payment: { step: 'idle' } });
  let running: Promise<void> | undefined;

  const show = (payment: PaymentState) => store.update(() => ({ payment }));

  function run(attempt: Attempt): Promise<void> {
    storage.setItem(place, JSON.stringify(attempt));
    show({ step: 'paying' });
    return (running ??= untilKnown(attempt).finally(() => (running = undefined)));
  }

  async function untilKnown(attempt: Attempt): Promise<void> {
    for (let asked = 1; ; asked += 1) {
      try {
        const order = await pay(attempt);
        storage.removeItem(place);
        return show({ step: 'paid', order });
      } catch (error) {
        if (!isUnknown(error)) {
          storage.removeItem(place);
          return show({ step: 'refused', error });
        }
        show({ step: 'outcome-unknown', asked });
        await sleep(pausesMs[asked - 1] ?? 5000);
      }
    }
  }

  return {
    ...store,
    /** A second click while a payment runs is the same payment. */
    start: (request: CheckoutRequest): Promise<void> => running ?? run({ key: newKey(), request }),
    /** Goes on with a payment that a reload interrupted. */
    resume(): void {
      const stored = storage.getItem(place);
      if (stored !== null && !running) void run(JSON.parse(stored) as Attempt);
    },
    reset(): void {
      if (!running) show({ step: 'idle' });
    },
  };
}

export type Payment = ReturnType<typeof createPayment>;

/** While another request works on the same cart, and while the store can't say, the payment is neither made nor refused. */
const isUnknown = (error: unknown): boolean => isTransient(error) || hasCode(error, 'CHECKOUT_IN_PROGRESS');
