import { CheckoutInProgressError } from '@badger-store/cart-cache';
import { CheckoutOutcomeUnknownError } from './checkout-errors';
import type { Order } from './order';
import { lookupDeadlineMs, notifyInventory, recoverOrder, updateCart, type RecoverOrderParts } from './recover-order';

const maxSweptOrders = 20;

export interface SweepParts extends RecoverOrderParts {
  /** How long a provider may work on a payment before it is cancelled. */
  readonly unknownMaxMs: number;
}

/**
 * Finishes or undoes what crashes left behind: one round, at most twenty orders, which no other replica takes meanwhile. Resolves to
 * how many it took. A later round retries what failed.
 */
export function createSweep(parts: SweepParts): () => Promise<number> {
  return async () => {
    const due = await parts.orders.takeDue(maxSweptOrders);
    const results = await Promise.allSettled(
      due.map((order) => (order.status === 'pending' ? recoverAbandoned(parts, order) : closeOrder(parts, order))),
    );
    const errors = getErrors(results);
    if (errors.length > 0) {
      parts.report(new AggregateError(errors, `${errors.length} orders could not be completed; the sweeper retries`));
    }
    return due.length;
  };
}

/** Follows what a provider reports of a payment, as an attempt that runs would do. */
export function createFollowPayment(parts: SweepParts): (paymentId: string) => Promise<void> {
  return async (paymentId) => {
    const order = await parts.orders.findByPayment(paymentId);
    if (order?.status === 'pending') await recoverAbandoned(parts, order);
    else if (order && order.status !== 'paid') await checkPayment(parts, order);
  };
}

/** Recovers an order as the customer's next checkout would, unless an attempt at it runs. */
async function recoverAbandoned(parts: SweepParts, order: Order): Promise<void> {
  const cancelProcessing = Date.now() - order.createdAt.getTime() > parts.unknownMaxMs;
  try {
    const recovered = await recoverOrder(parts, order, { cancelProcessing });
    const isProcessing = recovered.outcome === 'unknown' && recovered.error instanceof CheckoutOutcomeUnknownError;
    if (recovered.outcome === 'unknown' && !isProcessing) throw recovered.error;
    if (recovered.outcome === 'completed' && recovered.cartError === undefined) {
      await parts.orders.mark(order.id, 'cart_updated');
    }
  } catch (error) {
    if (!(error instanceof CheckoutInProgressError)) throw error;
  }
}

/** Does what is left to do about an order that has ended; each part may be repeated, and none waits for another that fails. */
async function closeOrder(parts: RecoverOrderParts, order: Order): Promise<void> {
  const { id, status, marks } = order;
  const left: Promise<void>[] = [];
  if (!marks.has('inventory_notified')) left.push(notifyInventory(parts, order));
  if (status === 'paid' && !marks.has('cart_updated')) left.push(updateCart(parts, order));
  if (status === 'cancelled' && !marks.has('payment_checked')) left.push(checkPayment(parts, order));
  const errors = getErrors(await Promise.allSettled(left));
  if (errors.length > 0) throw new AggregateError(errors, `the order ${id}: ${errors.map(String).join('; ')}`);
}

/** Refunds what a provider charged for an order although the order was cancelled. */
async function checkPayment({ providers, orders, report }: RecoverOrderParts, order: Order): Promise<void> {
  const { id, paymentId, paymentMethod } = order;
  if (paymentId !== undefined) {
    const provider = providers.of(paymentMethod);
    const signal = AbortSignal.timeout(lookupDeadlineMs);
    if ((await provider.lookup(paymentId, signal)).state === 'charged') {
      await provider.refund(paymentId, signal);
      report(new Error(`the order ${id} is ${order.status}, but its payment was charged; it was refunded`));
    }
  }
  await orders.mark(id, 'payment_checked');
}

const getErrors = (results: readonly PromiseSettledResult<void>[]): unknown[] =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
