import {
  CheckoutRefusedError,
  CheckoutSettlePendingError,
  CheckoutUnderWayError,
  EmptyCartError,
  type CheckoutContext,
  type CheckoutRecord,
} from '@badger-store/cart-cache';
import {
  GuestSignedInError,
  OutOfStockError,
  PaymentDeclinedError,
  PaymentUnknownError,
  PriceChangedError,
} from './checkout-errors';
import type { CheckoutKey, CheckoutKeys } from './checkout-keys';
import { completePaidOrders, endOrder, tellCart } from './close-order';
import { finishOrder, type FinishOrderParts } from './finish-order';
import { inTime } from './in-time';
import type { Money, Order } from './order';
import { OutOfDateError } from './orders';
import { PaymentRefusedError, type Payment } from './payment-provider';
import { priceLines, type PriceList } from './price-list';
import { replayOf } from './replay-checkout';
import { totalsOf, type TotalRules } from './totals';

export interface PlaceOrderParts extends FinishOrderParts {
  readonly keys: CheckoutKeys;
  readonly priceList: PriceList;
  readonly totalRules: TotalRules;
  readonly paymentDeadlineMs: number;
}

export interface CheckoutRequest {
  readonly userId: string;
  readonly payment: Payment;
  /** What the customer was shown. */
  readonly expectedTotal?: Money;
  readonly key?: CheckoutKey;
}

export type PlaceOrder = (request: CheckoutRequest) => Promise<Order>;

const mostRounds = 3;

/**
 * Turns a user's cart into a paid order. Whatever step is the last before a crash, the next call, or the sweeper, brings the checkout
 * to its end before it begins another:
 *
 * take the paid orders off their carts → answer a request that was answered before → look for an open order → claim the cart →
 * price it → record the order as pending → reserve the stock → create the payment → record its id → confirm it → record what
 * came of it → commit or release the stock → take the snapshot off the cart.
 *
 * Paid orders are taken off the carts first because the process that was paid may have died, or lost Redis, before it could tell the
 * cart, or the cart may have come back from before (a failover). An open order may come from another cart, that of the guest
 * who became the user: it is brought to its end there, and the user's own cart comes next.
 *
 * Rejects with `EmptyCartError`, `CheckoutUnderWayError`, `CheckoutKeyReusedError`, `CheckoutRefusedError` (its cause says why: out
 * of stock, declined, another price, a service that is away, or a guest who has signed in), or `CheckoutOutcomeUnknownError`.
 */
export function createPlaceOrder(parts: PlaceOrderParts): PlaceOrder {
  const { cartCache, orders, keys, report } = parts;

  const attempt = async (request: CheckoutRequest): Promise<Order> => {
    const { userId, key } = request;
    // First of all: what is paid after this look is a request of the same moment.
    const newestPaidId = await completePaidOrders(parts, userId);
    const untold = await orders.findUntold(userId);
    for (const order of untold) if (!order.marks.has('cart-told')) await tellCart(parts, order);
    const replay = key && (await replayOf(parts, userId, key));
    if (replay) return answer(request, replay);
    const unanswered = untold.filter(({ marks }) => !marks.has('customer-told'));
    const newest = unanswered.at(-1);
    // A key that stands for an open order is answered with that one.
    if (newest && (!key || (await keys.set(userId, key, { orderId: newest.id })))) {
      for (const order of unanswered) await answer({ userId }, order);
      return newest;
    }

    const open = await orders.findOpen(userId);
    try {
      const paid = await cartCache.checkout<Order>(
        open?.cartOwner ?? userId,
        (items, checkoutId, context) => {
          if (open) return finishOrder(parts, open.id, context, { cancelProcessing: true });
          const checkout = { checkoutId, items, incarnation: context.incarnation };
          return payForNewOrder(parts, { request, checkout }, context);
        },
        { openCheckout: open?.checkout ?? null },
      );
      await orders.mark(paid.id, 'cart-told').catch(report);
      return await answer(request, paid);
    } catch (error) {
      if (error instanceof CheckoutSettlePendingError) {
        report(error);
        return answer(request, error.result as Order);
      }
      if (!(error instanceof EmptyCartError)) throw error;
      const paidSince = await orders.findNewestPaid(userId);
      if (!paidSince || paidSince.id === newestPaidId) throw error;
      // Clicked twice: the other request bought the cart just now.
      return answer(request, paidSince);
    }
  };

  /** Once the key stands for the order, and only then, the customer counts as told. */
  const answer = async ({ userId, key }: Pick<CheckoutRequest, 'userId' | 'key'>, order: Order): Promise<Order> => {
    try {
      if (key) await keys.set(userId, key, { orderId: order.id });
      await orders.mark(order.id, 'customer-told');
    } catch (error) {
      report(error);
    }
    return order;
  };

  return async (request) => {
    for (let round = 0; round < mostRounds; round += 1) {
      try {
        return await attempt(request);
      } catch (error) {
        if (error instanceof Error && error.cause instanceof OutOfDateError) continue;
        const { userId, key } = request;
        if (key && error instanceof CheckoutRefusedError && error.cause instanceof OutOfStockError) {
          await keys.set(userId, key, { shortages: error.cause.extensions.lines }).catch(report);
        }
        throw error;
      }
    }
    throw new CheckoutUnderWayError(1000);
  };
}

interface NewCheckout {
  readonly request: CheckoutRequest;
  readonly checkout: CheckoutRecord;
}

async function payForNewOrder(
  parts: PlaceOrderParts,
  { request, checkout }: NewCheckout,
  { attemptId, signal }: CheckoutContext,
): Promise<Order> {
  const { orders, stock } = parts;
  const { userId, payment, key } = request;
  const id = checkout.checkoutId;
  const attempt = { id, attemptId };
  const priced = await price(parts, checkout, request.expectedTotal).catch(async (cause: unknown) => {
    // The claim may be in the place of an open order's, recorded since the look at the orders: then it keeps that one's lines.
    if (await orders.findOpen(userId)) throw new OutOfDateError();
    throw new CheckoutRefusedError('refused', { cause });
  });
  await orders.add({ userId, checkout, attemptId, ...priced, paymentMethod: payment.method, key });

  // Another attempt may have been paid, and died, between the look at the orders and the claim, or the cart may have come back from
  // before a paid order: then the snapshot is sold already.
  // Or the guest signed in while this attempt had lost its claim: then the snapshot is in the user's cart.
  // From here on no other order of this cart can become one, so a second look is final.
  const [soldTo, isClosed] = await Promise.all([
    orders.findPaidFrom(userId, checkout.incarnation),
    orders.isCartClosed(userId),
  ]);
  if (soldTo || isClosed) {
    await endOrder(parts, attempt, 'cancelled');
    // Thrown as it is, it leaves the claim, so that no merge takes lines away that another order sold.
    if (soldTo) throw new OutOfDateError();
    throw new CheckoutRefusedError('signed in', { cause: new GuestSignedInError() });
  }

  await stock.reserve(id, checkout.items).catch(async (cause: unknown) => {
    await endOrder(parts, attempt, 'cancelled');
    throw new CheckoutRefusedError('no stock', { cause });
  });

  const { state, reason } = await pay(parts, attempt, { amount: priced.total, payment, signal });
  if (state === 'charged') return endOrder(parts, attempt, 'paid');
  if (state === 'declined') {
    await endOrder(parts, attempt, 'declined', reason);
    throw new CheckoutRefusedError('declined', { cause: new PaymentDeclinedError(id, reason) });
  }
  throw new PaymentUnknownError(id, new Error(`the provider says ${state}`));
}

/** Nothing was recorded or charged yet, so whatever goes wrong here refuses the checkout. */
async function price({ priceList, totalRules }: PlaceOrderParts, { items }: CheckoutRecord, expected?: Money) {
  const lines = priceLines(items, await priceList.findMany(items.map((item) => item.id)));
  const totals = totalsOf(lines, totalRules);
  const { amount, currency } = totals.total;
  if (expected && (expected.amount !== amount || expected.currency !== currency)) {
    throw new PriceChangedError(totals.total);
  }
  return { lines, ...totals };
}

interface Charge {
  readonly amount: Money;
  readonly payment: Payment;
  readonly signal: AbortSignal;
}

/** The payment's id is recorded before it is confirmed: from then on the money can be found, whatever happens. */
async function pay(
  { orders, providers, paymentDeadlineMs }: PlaceOrderParts,
  { id, attemptId }: { id: string; attemptId: string },
  { amount, payment, signal }: Charge,
) {
  const provider = providers.of(payment.method);
  try {
    return await inTime(signal, paymentDeadlineMs, async (untilDeadline) => {
      const { paymentId } = await provider.create(id, amount, payment, untilDeadline);
      await orders.setPayment(id, attemptId, paymentId);
      untilDeadline.throwIfAborted();
      return provider.confirm(paymentId, untilDeadline);
    });
  } catch (error) {
    if (error instanceof PaymentRefusedError) return { state: 'declined', reason: error.reason } as const;
    throw new PaymentUnknownError(id, error);
  }
}
