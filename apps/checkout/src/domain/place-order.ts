import {
  CheckoutInProgressError,
  EmptyCartError,
  type CheckoutContext,
  type CheckoutOutcome,
  type CheckoutRecord,
  type OrderOutcome,
} from '@badger-store/cart-cache';
import { ServiceError } from '@badger-store/service-kit';
import type { Money } from '@badger-store/store-api';
import { CheckoutOutcomeUnknownError, OutOfStockError, PaymentDeclinedError } from './checkout-errors';
import type { Order, OrderMark } from './order';
import { PaymentRefusedError, type Payment, type PaymentState } from './payment-provider';
import { OutOfDateError, type IdempotencyKey, type IdempotencyKeys } from './ports';
import { priceOrder, type PriceParts } from './prices';
import { recordOutcome, recoverOrder, repairCart, updateCart, type RecoverOrderParts } from './recover-order';

export interface PlaceOrderParts extends RecoverOrderParts, PriceParts {
  readonly keys: IdempotencyKeys;
  readonly paymentDeadlineMs: number;
}

export interface CheckoutRequest {
  readonly userId: string;
  readonly payment: Payment;
  /** The total that the customer saw. */
  readonly expectedTotal?: Money;
  readonly key?: IdempotencyKey;
}

export type PlaceOrder = (request: CheckoutRequest) => Promise<Order>;

const maxTries = 3;

/**
 * Turns a user's cart into a paid order: docs/checkout.md. After a crash at any step, the next call or the sweeper finishes that
 * checkout before another one begins.
 *
 * Rejects with the reason why nothing was charged (`EmptyCartError`, `OutOfStockError`, `PaymentDeclinedError`, …), or with
 * `CheckoutOutcomeUnknownError`.
 */
export function createPlaceOrder(parts: PlaceOrderParts): PlaceOrder {
  const { cartCache, orders, keys, trace, report } = parts;

  /** Resolves to `undefined` when the checkout must begin again. */
  const tryOnce = async (request: CheckoutRequest, isFirstTry: boolean): Promise<Order | undefined> => {
    const { userId, key } = request;
    const before = await trace('find_orders', () => orders.findBeforeCheckout(userId));
    const earlier = await findEarlierOrder(request, before.unacknowledged);
    if (earlier) return earlier;

    let checkout: CheckoutOutcome<Order, Error>;
    try {
      checkout = before.pending
        ? await recoverOrder(parts, before.pending, { cancelProcessing: true })
        : await cartCache.checkout<Order, Error>(
            userId,
            (items, checkoutId, context) => {
              const record = { lines: items, checkoutId, cartVersion: context.cartVersion };
              return buySnapshot(parts, { request, record, hasPaid: before.newestPaidId !== undefined }, context);
            },
            { openCheckout: null, trace },
          );
    } catch (error) {
      const isLocked = error instanceof CheckoutInProgressError && before.newestPaidId !== undefined && isFirstTry;
      if (!isLocked && !(error instanceof EmptyCartError)) throw error;
      const newestPaid = await orders.findNewestPaid(userId);
      if (isLocked) {
        // After a failover Redis may have an old lock, with the cart from before a paid order.
        await repairCart(parts, newestPaid);
        return undefined;
      }
      if (!newestPaid || newestPaid.id === before.newestPaidId) throw error;
      // A concurrent request bought the cart since `find_orders`, as after a double click.
      return acknowledge(request, newestPaid);
    }

    switch (checkout.outcome) {
      case 'completed': {
        const marks: OrderMark[] = checkout.cartError === undefined ? ['cart_updated'] : [];
        if (checkout.cartError !== undefined) report(checkout.cartError);
        // The key of a new order was recorded together with the order.
        return acknowledge(before.pending ? request : { userId }, checkout.result, ...marks);
      }
      case 'rejected':
        if (checkout.reason instanceof OutOfDateError) return undefined;
        if (key && checkout.reason instanceof OutOfStockError) {
          await keys.record(userId, key, { shortages: checkout.reason.lines }).catch(report);
        }
        throw checkout.reason;
      case 'unknown':
        if (checkout.error instanceof OutOfDateError) return undefined;
        if (checkout.error instanceof CheckoutOutcomeUnknownError) throw checkout.error;
        throw new CheckoutOutcomeUnknownError(checkout.error);
    }
  };

  /** The order of this idempotency key, or a paid order whose customer was never notified. */
  const findEarlierOrder = async (
    { userId, key }: CheckoutRequest,
    unacknowledged: readonly Order[],
  ): Promise<Order | undefined> => {
    for (const order of unacknowledged) if (!order.marks.has('cart_updated')) await updateCart(parts, order);
    const replayed = key && (await findReplay(userId, key));
    if (replayed) return acknowledge({ userId }, replayed);
    const unseen = unacknowledged.filter(({ marks }) => !marks.has('customer_notified'));
    const newest = unseen.at(-1);
    if (!newest) return undefined;
    // A key whose own order is pending gets that order.
    if (key && !(await keys.record(userId, key, { orderId: newest.id }))) return undefined;
    for (const order of unseen) await acknowledge({ userId }, order);
    return newest;
  };

  /** Returns the paid order of a known key, or throws its decline or shortage. `undefined`: the checkout goes on. */
  const findReplay = async (userId: string, key: IdempotencyKey): Promise<Order | undefined> => {
    const recorded = await keys.find(userId, key.value);
    if (!recorded) return undefined;
    if (recorded.bodyHash !== key.bodyHash) {
      const message = 'This Idempotency-Key was used with another request body. Use a new key.';
      throw new ServiceError('unprocessable', 'IDEMPOTENCY_KEY_REUSED', message);
    }
    if (recorded.shortages) throw new OutOfStockError(recorded.shortages);
    const order = recorded.orderId === undefined ? undefined : await orders.find(userId, recorded.orderId);
    if (order?.status === 'declined') throw new PaymentDeclinedError(order.id, order.declineReason);
    return order?.status === 'paid' ? order : undefined;
  };

  /** The customer counts as notified only once the key is recorded: until then a repeat could not find the order. */
  const acknowledge = async (
    { userId, key }: Pick<CheckoutRequest, 'userId' | 'key'>,
    order: Order,
    ...marks: OrderMark[]
  ): Promise<Order> => {
    try {
      if (key) await keys.record(userId, key, { orderId: order.id });
      await trace('mark_customer_notified', () => orders.mark(order.id, ...marks, 'customer_notified'));
    } catch (error) {
      report(error);
    }
    return order;
  };

  return async (request) => {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const order = await tryOnce(request, tries === 0);
      if (order) return order;
    }
    throw new CheckoutInProgressError(1000);
  };
}

interface Purchase {
  readonly request: CheckoutRequest;
  readonly record: CheckoutRecord;
  /** Whether this cart has paid orders: only then can a failover have restored the cart from before one. */
  readonly hasPaid: boolean;
}

/** The outcome `unknown` keeps the lock, so that no merge moves lines that another order sold. */
const outOfDate = () => ({ outcome: 'unknown', error: new OutOfDateError() }) as const;
const rejected = (reason: Error) => ({ outcome: 'rejected', reason }) as const;

async function buySnapshot(
  parts: PlaceOrderParts,
  { request, record, hasPaid }: Purchase,
  { attemptId, signal }: CheckoutContext,
): Promise<OrderOutcome<Order, Error>> {
  const { orders, stock, trace } = parts;
  const { userId, payment, key, expectedTotal } = request;
  const { checkoutId: id, lines: items, cartVersion } = record;
  const attempt = { id, attemptId };

  const [soldBefore, priced] = await Promise.all([
    hasPaid ? orders.findPaidFrom(userId, cartVersion) : undefined,
    trace('price_items', () => priceOrder(parts, items, expectedTotal)).catch((error: Error) => error),
  ]);
  if (soldBefore) {
    await repairCart(parts, soldBefore);
    return outOfDate();
  }
  if (priced instanceof Error) {
    // An order that was recorded since `find_orders` needs this lock for its own lines.
    return (await orders.findPending(userId)) ? outOfDate() : rejected(priced);
  }

  await trace('record_order', () =>
    orders.add({ userId, checkout: record, attemptId, ...priced, paymentMethod: payment.method, key }),
  );

  // Since `find_orders` another attempt may have paid and crashed, or the guest may have signed in. While this order is pending,
  // neither can happen any more, so this check is final.
  const [sold, isMigrated] = await trace('recheck_cart', () =>
    Promise.all([orders.findPaidFrom(userId, cartVersion), orders.isCartMigrated(userId)]),
  );
  if (sold || isMigrated) {
    await recordOutcome(parts, attempt, 'cancelled');
    const message = "This guest has signed in. Use the userToken of the user's session.";
    return sold ? outOfDate() : rejected(new ServiceError('unauthenticated', 'INVALID_TOKEN', message));
  }

  try {
    await trace('reserve_stock', () => stock.reserve(id, items));
  } catch (error) {
    await recordOutcome(parts, attempt, 'cancelled');
    return rejected(error as Error);
  }

  const { state, reason, error } = await pay(parts, attempt, { amount: priced.total, payment, signal });
  if (state === 'charged') return { outcome: 'completed', result: await recordOutcome(parts, attempt, 'paid') };
  if (state === 'declined') {
    await recordOutcome(parts, attempt, 'declined', reason);
    return rejected(new PaymentDeclinedError(id, reason));
  }
  const cause = error ?? new Error(`the payment provider says ${state}`);
  return { outcome: 'unknown', error: new CheckoutOutcomeUnknownError(cause, id) };
}

interface Charge {
  readonly amount: Money;
  readonly payment: Payment;
  readonly signal: AbortSignal;
}

/** The payment's id is recorded before the payment is confirmed, so that the money can always be found. */
async function pay(
  { orders, getProvider, trace, paymentDeadlineMs }: PlaceOrderParts,
  { id, attemptId }: { readonly id: string; readonly attemptId: string },
  { amount, payment, signal }: Charge,
): Promise<{ state: PaymentState | 'unknown'; reason?: string; error?: unknown }> {
  const provider = getProvider(payment.method);
  try {
    return await withDeadline(signal, paymentDeadlineMs, async (deadline) => {
      const { paymentId } = await trace('create_payment', () => provider.create(id, amount, payment, deadline));
      await trace('record_payment', () => orders.setPayment(id, attemptId, paymentId));
      deadline.throwIfAborted();
      return trace('confirm_payment', () => provider.confirm(paymentId, deadline));
    });
  } catch (error) {
    if (error instanceof PaymentRefusedError) return { state: 'declined', reason: error.reason };
    return { state: 'unknown', error };
  }
}

/** `AbortSignal.any` does not do: in Node 20 the garbage collector may take its time-out signal, which then never aborts. */
async function withDeadline<Result>(
  outer: AbortSignal,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const inner = new AbortController();
  const abort = () => inner.abort(outer.reason);
  const timer = setTimeout(() => inner.abort(new Error(`timeout of ${deadlineMs} ms`)), deadlineMs);
  outer.addEventListener('abort', abort, { once: true });
  try {
    if (outer.aborted) abort();
    return await work(inner.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  }
}
