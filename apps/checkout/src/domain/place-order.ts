import {
  CheckoutInProgressError,
  EmptyCartError,
  type CheckoutContext,
  type CheckoutOutcome,
  type CheckoutRecord,
  type OrderOutcome,
} from '@badger-store/cart-cache';
import {
  CheckoutOutcomeUnknownError,
  GuestSignedInError,
  OutOfStockError,
  PaymentDeclinedError,
} from './checkout-errors';
import { inTime } from './in-time';
import type { Money, Order, OrderMark } from './order';
import { PaymentRefusedError, type Payment, type PaymentState } from './payment-provider';
import { OutOfDateError, type IdempotencyKey, type IdempotencyKeys, type PriceList } from './ports';
import { endOrder, findReplay, recoverOrder, repairCart, updateCart, type RecoverOrderParts } from './recover-order';
import { priceOrder, type TotalRules } from './totals-and-prices';

export interface PlaceOrderParts extends RecoverOrderParts {
  readonly keys: IdempotencyKeys;
  readonly priceList: PriceList;
  readonly totalRules: TotalRules;
  readonly paymentDeadlineMs: number;
}

export interface CheckoutRequest {
  readonly userId: string;
  readonly payment: Payment;
  /** What the customer was shown. */
  readonly expectedTotal?: Money;
  readonly key?: IdempotencyKey;
}

export type PlaceOrder = (request: CheckoutRequest) => Promise<Order>;

const maxRounds = 3;

/**
 * Turns a user's cart into a paid order: docs/checkout.md. Whatever step is the last before a crash, the next call, or the sweeper,
 * brings that checkout to its end before another begins.
 *
 * Rejects with the reason why nothing was charged (`EmptyCartError`, `OutOfStockError`, `PaymentDeclinedError`, …), or with
 * `CheckoutOutcomeUnknownError`.
 */
export function createPlaceOrder(parts: PlaceOrderParts): PlaceOrder {
  const { cartCache, orders, keys, trace, report } = parts;

  /** Resolves to `undefined` where what it knew was out of date. */
  const attempt = async (request: CheckoutRequest, round: number): Promise<Order | undefined> => {
    const { userId, key } = request;
    const before = await trace('find_orders', () => orders.findBeforeCheckout(userId));
    const earlier = await answerWithEarlier(request, before.unacknowledged);
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
      const isLocked = error instanceof CheckoutInProgressError && before.newestPaidId !== undefined && round === 0;
      if (!isLocked && !(error instanceof EmptyCartError)) throw error;
      const newestPaid = await orders.findNewestPaid(userId);
      if (isLocked) {
        // The lock may have come back with the cart from before a paid order.
        await repairCart(parts, newestPaid);
        return undefined;
      }
      if (!newestPaid || newestPaid.id === before.newestPaidId) throw error;
      // Clicked twice: the other request bought the cart just now.
      return answer(request, newestPaid);
    }

    switch (checkout.outcome) {
      case 'completed': {
        const marks: OrderMark[] = checkout.cartError === undefined ? ['cart_updated'] : [];
        if (checkout.cartError !== undefined) report(checkout.cartError);
        // The key of a new order was recorded together with the order.
        return answer(before.pending ? request : { userId }, checkout.result, ...marks);
      }
      case 'rejected':
        if (checkout.reason instanceof OutOfDateError) return undefined;
        if (key && checkout.reason instanceof OutOfStockError) {
          await keys.record(userId, key, { shortages: checkout.reason.extensions.lines }).catch(report);
        }
        throw checkout.reason;
      case 'unknown':
        if (checkout.error instanceof OutOfDateError) return undefined;
        if (checkout.error instanceof CheckoutOutcomeUnknownError) throw checkout.error;
        throw new CheckoutOutcomeUnknownError(checkout.error);
    }
  };

  /** With the order of this key, or with a paid one that the customer was never notified of: it charges nothing. */
  const answerWithEarlier = async (
    { userId, key }: CheckoutRequest,
    unacknowledged: readonly Order[],
  ): Promise<Order | undefined> => {
    for (const order of unacknowledged) if (!order.marks.has('cart_updated')) await updateCart(parts, order);
    const replay = key && (await findReplay(parts, userId, key));
    if (replay) return answer({ userId }, replay);
    const unanswered = unacknowledged.filter(({ marks }) => !marks.has('customer_notified'));
    const newest = unanswered.at(-1);
    if (!newest) return undefined;
    // A key that stands for an open order is answered with that one.
    if (key && !(await keys.record(userId, key, { orderId: newest.id }))) return undefined;
    for (const order of unanswered) await answer({ userId }, order);
    return newest;
  };

  /** Once the key stands for the order, and only then, the customer counts as notified. */
  const answer = async (
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
    for (let round = 0; round < maxRounds; round += 1) {
      const order = await attempt(request, round);
      if (order) return order;
    }
    throw new CheckoutInProgressError(1000);
  };
}

interface Purchase {
  readonly request: CheckoutRequest;
  readonly record: CheckoutRecord;
  /** Whether an order from this cart was paid before: only then can the cart have come back from before it. */
  readonly hasPaid: boolean;
}

const outOfDate = () => ({ outcome: 'unknown', error: new OutOfDateError() }) as const;
const rejected = (reason: Error) => ({ outcome: 'rejected', reason }) as const;

/** An outcome that is out of date keeps the lock, so that no merge takes lines away that another order sold. */
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
    // The lock may be in the place of an open order's, recorded since the look at the orders: then it keeps that one's lines.
    return (await orders.findPending(userId)) ? outOfDate() : rejected(priced);
  }

  await trace('record_order', () =>
    orders.add({ userId, checkout: record, attemptId, ...priced, paymentMethod: payment.method, key }),
  );

  // Between the look at the orders and the lock, another attempt may have been paid, and died, or the guest may have signed in.
  // From here on no other order of this cart can become one, so a second look is final.
  const [sold, isClosed] = await trace('recheck_cart', () =>
    Promise.all([orders.findPaidFrom(userId, cartVersion), orders.isCartMigrated(userId)]),
  );
  if (sold || isClosed) {
    await endOrder(parts, attempt, 'cancelled');
    return sold ? outOfDate() : rejected(new GuestSignedInError());
  }

  try {
    await trace('reserve_stock', () => stock.reserve(id, items));
  } catch (error) {
    await endOrder(parts, attempt, 'cancelled');
    return rejected(error as Error);
  }

  const { state, reason, error } = await pay(parts, attempt, { amount: priced.total, payment, signal });
  if (state === 'charged') return { outcome: 'completed', result: await endOrder(parts, attempt, 'paid') };
  if (state === 'declined') {
    await endOrder(parts, attempt, 'declined', reason);
    return rejected(new PaymentDeclinedError(id, reason));
  }
  const cause = error ?? new Error(`the provider says ${state}`);
  return { outcome: 'unknown', error: new CheckoutOutcomeUnknownError(cause, id) };
}

interface ChargeOutcome {
  /** `unknown`: no response in time. */
  readonly state: PaymentState | 'unknown';
  readonly reason?: string;
  readonly error?: unknown;
}

interface Charge {
  readonly amount: Money;
  readonly payment: Payment;
  readonly signal: AbortSignal;
}

/** The payment's id is recorded before it is confirmed: from then on the money can be found, whatever happens. */
async function pay(
  { orders, providers, trace, paymentDeadlineMs }: PlaceOrderParts,
  { id, attemptId }: { readonly id: string; readonly attemptId: string },
  { amount, payment, signal }: Charge,
): Promise<ChargeOutcome> {
  const provider = providers.of(payment.method);
  try {
    return await inTime(signal, paymentDeadlineMs, async (untilDeadline) => {
      const { paymentId } = await trace('create_payment', () => provider.create(id, amount, payment, untilDeadline));
      await trace('record_payment', () => orders.setPayment(id, attemptId, paymentId));
      untilDeadline.throwIfAborted();
      return trace('confirm_payment', () => provider.confirm(paymentId, untilDeadline));
    });
  } catch (error) {
    if (error instanceof PaymentRefusedError) return { state: 'declined', reason: error.reason };
    return { state: 'unknown', error };
  }
}
