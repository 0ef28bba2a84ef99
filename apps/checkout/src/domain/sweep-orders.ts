import {
  CheckoutOutcomeUnknownError,
  CheckoutRefusedError,
  CheckoutSettlePendingError,
  CheckoutUnderWayError,
} from '@badger-store/cart-cache';
import { PaymentUnknownError } from './checkout-errors';
import { checkPayment, closeOrder, type CloseOrderParts } from './close-order';
import { finishOrder } from './finish-order';
import type { Order } from './order';

export interface SweepParts extends CloseOrderParts {
  /** How long a provider may work on a payment before it is cancelled. */
  readonly unknownMaxMs: number;
}

const mostAtOnce = 20;

/**
 * Finishes or undoes what crashes left behind: one round, at most twenty orders, which no other replica takes meanwhile. Resolves to
 * how many it took. What it cannot do now is for a later round.
 */
export function createSweep(parts: SweepParts): () => Promise<number> {
  return async () => {
    const due = await parts.orders.takeDue(mostAtOnce);
    const results = await Promise.allSettled(
      due.map((order) => (order.status === 'pending' ? finishAbandoned(parts, order) : closeOrder(parts, order))),
    );
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length > 0) parts.report(new AggregateError(errors, `${errors.length} orders wait for a later round`));
    return due.length;
  };
}

/** Follows what a provider says of a payment by itself; nothing happens that an attempt under way would not do as well. */
export function createFollowPayment(parts: SweepParts): (paymentId: string) => Promise<void> {
  return async (paymentId) => {
    const order = await parts.orders.findByPayment(paymentId);
    if (order?.status === 'pending') await finishAbandoned(parts, order);
    else if (order && order.status !== 'paid') await checkPayment(parts, order);
  };
}

/** As the customer's next checkout would do it, unless an attempt at the order is alive. */
async function finishAbandoned(parts: SweepParts, order: Order): Promise<void> {
  const { id, cartOwner, checkout, createdAt } = order;
  const cancelProcessing = Date.now() - createdAt.getTime() > parts.unknownMaxMs;
  try {
    await parts.cartCache.checkout(
      cartOwner,
      (_items, _checkoutId, context) => finishOrder(parts, id, context, { cancelProcessing }),
      { openCheckout: checkout },
    );
    await parts.orders.mark(id, 'cart-told');
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

/** Ended unpaid; still at work, here or at the provider; or paid while the cart could not be told. */
function isExpected(error: unknown): boolean {
  if (error instanceof CheckoutOutcomeUnknownError) return error.cause instanceof PaymentUnknownError;
  return (
    error instanceof CheckoutRefusedError ||
    error instanceof CheckoutUnderWayError ||
    error instanceof CheckoutSettlePendingError
  );
}
