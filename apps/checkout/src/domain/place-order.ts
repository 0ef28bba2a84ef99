import {
  CheckoutRefusedError,
  CheckoutSettlePendingError,
  CheckoutUnderWayError,
  type CartCache,
  type CheckoutContext,
  type CheckoutRecord,
} from '@badger-store/cart-cache';
import { GuestSignedInError, PaymentDeclinedError, PaymentUnknownError } from './checkout-errors';
import type { Order } from './order';
import { OpenOrderExistsError, type Orders } from './orders';
import type { Payment, PaymentProvider, PaymentState } from './payment-provider';
import { priceLines, type PriceList } from './price-list';

export interface PlaceOrderParts {
  readonly cartCache: Pick<CartCache, 'checkout' | 'settle'>;
  readonly orders: Orders;
  readonly priceList: PriceList;
  readonly provider: PaymentProvider;
  readonly paymentDeadlineMs: number;
  /** Hears of what went wrong after the order was paid; the next checkout makes up for it. */
  readonly report: (error: unknown) => void;
}

export type PlaceOrder = (userId: string, payment: Payment) => Promise<Order>;

/**
 * What was known when the cart was claimed is out of date: look again, and begin anew. Thrown as it is, it leaves the claim, so that
 * no merge takes lines away that another order sold.
 */
class OutOfDate extends Error {}

const mostRounds = 3;

/**
 * Turns a user's cart into a paid order. Whatever step is the last before a crash, the next call brings the checkout to its
 * end before it begins another:
 *
 * take the paid orders off their carts → look for an open order → claim the cart → price it → record the order as pending →
 * create the payment → record its id → confirm it → record what came of it → take the snapshot off the cart.
 *
 * Paid orders are taken off the carts first because the process that was paid may have died, or lost Redis, before it could tell the
 * cart, or the cart may have come back from before (a failover). An open order may come from another cart, that of the guest
 * who became the user: it is brought to its end there, and the user's own cart comes next.
 *
 * Rejects with `EmptyCartError`, `CheckoutUnderWayError`, `CheckoutRefusedError` (its cause says why: out of stock, declined,
 * a service that is away, or a guest who has signed in), or `CheckoutOutcomeUnknownError`.
 */
export function createPlaceOrder(parts: PlaceOrderParts): PlaceOrder {
  const { cartCache, orders, report } = parts;

  const attempt = async (userId: string, payment: Payment): Promise<Order> => {
    const unsettled = await orders.findUnsettled(userId);
    for (const order of unsettled) {
      await cartCache.settle(order.cartOwner, order.checkout);
      await orders.markSettled(order.id);
    }
    const newest = unsettled.at(-1);
    // Its customer may not have been told either.
    if (newest) return newest;

    const lastPaid = await orders.findLastPaid(userId);
    if (lastPaid) await cartCache.settle(userId, lastPaid.checkout);
    const open = await orders.findOpen(userId);
    const paid = await cartCache.checkout<Order>(
      open?.cartOwner ?? userId,
      (items, checkoutId, context) => {
        if (open) return finishEarlierAttempt(parts, open.id, context);
        const checkout = { checkoutId, items, incarnation: context.incarnation };
        return payForNewOrder(parts, { userId, payment, checkout, lastPaidId: lastPaid?.id }, context);
      },
      { openCheckout: open?.checkout ?? null },
    );
    await orders.markSettled(paid.id).catch(report);
    return paid;
  };

  return async (userId, payment) => {
    for (let round = 0; round < mostRounds; round += 1) {
      try {
        return await attempt(userId, payment);
      } catch (error) {
        if (error instanceof CheckoutSettlePendingError) {
          report(error);
          return error.result as Order;
        }
        if (!(error instanceof Error && error.cause instanceof OutOfDate)) throw error;
      }
    }
    throw new CheckoutUnderWayError(1000);
  };
}

interface NewCheckout {
  readonly userId: string;
  readonly payment: Payment;
  readonly checkout: CheckoutRecord;
  /** The order that was the last paid one before the cart was claimed. */
  readonly lastPaidId: string | undefined;
}

async function payForNewOrder(
  { orders, priceList, provider, paymentDeadlineMs }: PlaceOrderParts,
  { userId, payment, checkout, lastPaidId }: NewCheckout,
  { attemptId, signal }: CheckoutContext,
): Promise<Order> {
  const id = checkout.checkoutId;
  const { lines, total } = await refusing(async () => {
    const priced = await priceList.findMany(checkout.items.map((item) => item.id));
    return priceLines(checkout.items, priced);
  });

  await orders.add({ userId, checkout, attemptId, lines, total }).catch((error: unknown) => {
    throw error instanceof OpenOrderExistsError ? new OutOfDate(error.message) : error;
  });

  // Another attempt may have been paid, and died, between the look at the orders and the claim: then the snapshot is sold already.
  // Or the guest signed in while this attempt had lost its claim: then the snapshot is in the user's cart.
  // From here on no other order of this cart can become one, so a second look is final.
  const [paidSince, isClosed] = await Promise.all([orders.findLastPaid(userId), orders.isCartClosed(userId)]);
  if (paidSince?.id !== lastPaidId || isClosed) {
    await orders.end(id, attemptId, 'cancelled');
    if (paidSince?.id !== lastPaidId) throw new OutOfDate();
    throw new CheckoutRefusedError('signed in', { cause: new GuestSignedInError() });
  }

  const deadline = AbortSignal.timeout(paymentDeadlineMs);
  const { paymentId } = await provider.create(id, total, payment, deadline);
  await orders.setPayment(id, attemptId, paymentId);
  signal.throwIfAborted();
  const { state } = await provider.confirm(paymentId, AbortSignal.any([signal, deadline])).catch((cause: unknown) => {
    throw new PaymentUnknownError(id, cause);
  });

  if (state === 'charged') return orders.end(id, attemptId, 'paid');
  if (state === 'declined') {
    await orders.end(id, attemptId, 'declined');
    throw new CheckoutRefusedError('declined', { cause: new PaymentDeclinedError(id) });
  }
  throw new PaymentUnknownError(id, new Error(`the provider says ${state}`));
}

/** Finds out what became of an earlier attempt, and charges nothing: what was not charged by now is cancelled for good. */
async function finishEarlierAttempt(
  { orders, provider }: PlaceOrderParts,
  id: string,
  { attemptId }: CheckoutContext,
): Promise<Order> {
  const order = await orders.takeOver(id, attemptId);
  const { status, paymentId } = order;
  if (status === 'paid') return order;
  if (status === 'pending') {
    const state = paymentId === undefined ? 'cancelled' : await endPayment(provider, paymentId);
    if (state === 'charged') return orders.end(id, attemptId, 'paid');
    if (state === 'processing') throw new PaymentUnknownError(id, new Error('the provider still works on it'));
    await orders.end(id, attemptId, state);
  }
  throw new CheckoutRefusedError('out of date', { cause: new OutOfDate() });
}

async function endPayment(
  provider: PaymentProvider,
  paymentId: string,
): Promise<Exclude<PaymentState, 'created' | 'refunded'>> {
  const signal = AbortSignal.timeout(3000);
  const { state } = await provider.lookup(paymentId, signal);
  const ended =
    state === 'created' || state === 'processing' ? (await provider.cancel(paymentId, signal)).state : state;
  if (ended === 'created' || ended === 'refunded') throw new Error(`the payment is ${ended}`);
  return ended;
}

/** Nothing was recorded or charged yet, so whatever goes wrong here refuses the checkout. */
async function refusing<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (cause) {
    throw new CheckoutRefusedError('refused', { cause });
  }
}
