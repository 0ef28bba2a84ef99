import { CheckoutInProgressError, type Carts, type CheckoutOutcome } from '@badger-store/cart-cache';
import { CheckoutOutcomeUnknownError } from './checkout-errors';
import type { Order, TerminalStatus } from './order';
import type { GetProvider, PaymentProvider, PaymentStatus } from './payment-provider';
import { OutOfDateError, type Orders, type Stock, type Trace } from './ports';

export interface RecoverOrderParts {
  readonly cartCache: Carts;
  readonly orders: Orders;
  readonly stock: Stock;
  readonly getProvider: GetProvider;
  readonly trace: Trace;
  /** Receives errors of work that the next checkout or the sweeper repeats. */
  readonly report: (error: unknown) => void;
}

const lookupDeadlineMs = 3000;
/** More than Redis loses in a failover. The next checkout repairs the rest. */
const maxLostOrders = 100;
const maxSweptOrders = 20;

/** Changes the status of a pending order, then notifies inventory. If inventory is unavailable, the sweeper notifies it. */
export async function recordOutcome(
  parts: RecoverOrderParts,
  { id, attemptId }: { readonly id: string; readonly attemptId: string },
  status: TerminalStatus,
  declineReason?: string,
): Promise<Order> {
  const order = await parts.trace('record_outcome', () =>
    parts.orders.transition(id, attemptId, status, declineReason),
  );
  await notifyInventory(parts, order).catch(parts.report);
  return order;
}

async function notifyInventory({ stock, orders, trace }: RecoverOrderParts, { id, status }: Order): Promise<void> {
  if (status === 'paid') await trace('commit_stock', () => stock.commit(id));
  else await trace('release_stock', () => stock.release(id));
  await trace('mark_inventory_notified', () => orders.mark(id, 'inventory_notified'));
}

/** Removes from the cart what a paid order bought. */
export async function updateCart({ cartCache, orders }: RecoverOrderParts, order: Order): Promise<void> {
  await cartCache.completeCheckout(order.cartId, order.checkout);
  await orders.mark(order.id, 'cart_updated');
}

/**
 * Removes paid orders from a cart that a failover restored from before them. After each one, the cart has the version that the next
 * lost order was taken from.
 */
export async function repairCart(
  { cartCache, orders }: Pick<RecoverOrderParts, 'cartCache' | 'orders'>,
  firstLost: Order | undefined,
): Promise<void> {
  let lost = firstLost;
  for (let count = 0; lost && count < maxLostOrders; count += 1) {
    const { cartId, checkout }: Order = lost;
    const cartVersion = await cartCache.completeCheckout(cartId, checkout);
    lost = cartVersion === '' ? undefined : await orders.findPaidFrom(cartId, cartVersion);
  }
}

export interface RecoverOptions {
  /** Whether to cancel a payment that the provider still works on. Otherwise its outcome stays unknown. */
  readonly cancelProcessing: boolean;
}

/**
 * Resumes the checkout of a pending order, and charges nothing: it cancels a payment that was not charged yet. `completed`: the order
 * is paid. `rejected` with an `OutOfDateError`: the order is declined or cancelled. `unknown` with a `CheckoutOutcomeUnknownError`:
 * the provider still works on the payment.
 */
export function recoverOrder(
  parts: RecoverOrderParts,
  { id, cartId, checkout }: Order,
  { cancelProcessing }: RecoverOptions,
): Promise<CheckoutOutcome<Order, Error>> {
  const { cartCache, orders, getProvider, trace } = parts;
  return cartCache.checkout<Order, Error>(
    cartId,
    async (_items, _checkoutId, { attemptId }) => {
      const order = await orders.takeOver(id, attemptId);
      if (order.status === 'paid') return { outcome: 'completed', result: order };
      if (order.status !== 'pending') return { outcome: 'rejected', reason: new OutOfDateError() };

      const { state, reason }: PaymentStatus =
        order.paymentId === undefined
          ? { state: 'cancelled' }
          : await finishPayment(getProvider(order.paymentMethod), order.paymentId, cancelProcessing);
      if (state === 'processing') {
        const cause = new Error('the payment provider still works on the payment');
        return { outcome: 'unknown', error: new CheckoutOutcomeUnknownError(cause, id) };
      }
      const status = state === 'charged' ? 'paid' : state === 'declined' ? 'declined' : 'cancelled';
      const result = await recordOutcome(parts, { id, attemptId }, status, reason);
      return status === 'paid'
        ? { outcome: 'completed', result }
        : { outcome: 'rejected', reason: new OutOfDateError() };
    },
    { openCheckout: checkout, trace },
  );
}

async function finishPayment(
  provider: PaymentProvider,
  paymentId: string,
  cancelProcessing: boolean,
): Promise<PaymentStatus> {
  const signal = AbortSignal.timeout(lookupDeadlineMs);
  const status = await provider.lookup(paymentId, signal);
  const canCancel = status.state === 'created' || (status.state === 'processing' && cancelProcessing);
  const final = canCancel ? await provider.cancel(paymentId, signal) : status;
  if (final.state === 'created') throw new Error('the payment provider did not cancel the payment');
  return final;
}

export interface SweepParts extends RecoverOrderParts {
  /** How long a provider may work on a payment before the sweeper cancels it. */
  readonly unknownMaxMs: number;
}

/**
 * Returns the sweeper. A run takes at most twenty unfinished orders, which no other replica takes meanwhile, and resolves to how many
 * it took. A later run repeats what failed.
 */
export function createSweep(parts: SweepParts): () => Promise<number> {
  return async () => {
    const due = await parts.orders.takeDue(maxSweptOrders);
    const results = await Promise.allSettled(
      due.map((order) => (order.status === 'pending' ? recoverAbandoned(parts, order) : finishOrder(parts, order))),
    );
    const errors = getErrors(results);
    if (errors.length > 0) {
      parts.report(new AggregateError(errors, `${errors.length} orders could not be completed; the sweeper retries`));
    }
    return due.length;
  };
}

/** Returns what handles a provider's report of a payment: it recovers the order, or refunds a charge of a cancelled one. */
export function createFollowPayment(parts: SweepParts): (paymentId: string) => Promise<void> {
  return async (paymentId) => {
    const order = await parts.orders.findByPayment(paymentId);
    if (order?.status === 'pending') await recoverAbandoned(parts, order);
    else if (order && order.status !== 'paid') await checkPayment(parts, order);
  };
}

/** Recovers an order as the customer's next checkout would, unless another attempt holds the lock. */
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

/** Does what an order in a terminal status still needs. A failure of one part does not stop the others. */
async function finishOrder(parts: RecoverOrderParts, order: Order): Promise<void> {
  const { id, status, marks } = order;
  const work: Promise<void>[] = [];
  if (!marks.has('inventory_notified')) work.push(notifyInventory(parts, order));
  if (status === 'paid' && !marks.has('cart_updated')) work.push(updateCart(parts, order));
  if (status === 'cancelled' && !marks.has('payment_checked')) work.push(checkPayment(parts, order));
  const errors = getErrors(await Promise.allSettled(work));
  if (errors.length > 0) throw new AggregateError(errors, `order ${id}: ${errors.map(String).join('; ')}`);
}

/** Refunds what a provider charged for an order although the order was cancelled. */
async function checkPayment({ getProvider, orders, report }: RecoverOrderParts, order: Order): Promise<void> {
  const { id, paymentId, paymentMethod } = order;
  if (paymentId !== undefined) {
    const provider = getProvider(paymentMethod);
    const signal = AbortSignal.timeout(lookupDeadlineMs);
    if ((await provider.lookup(paymentId, signal)).state === 'charged') {
      await provider.refund(paymentId, signal);
      report(new Error(`order ${id} is ${order.status}, but its payment was charged; the payment was refunded`));
    }
  }
  await orders.mark(id, 'payment_checked');
}

const getErrors = (results: readonly PromiseSettledResult<void>[]): unknown[] =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
