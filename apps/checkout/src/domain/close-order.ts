import type { CartCache, CheckoutRecord } from '@badger-store/cart-cache';
import type { Order } from './order';
import type { EndStatus } from './order-states';
import type { Orders } from './orders';
import type { PaymentProviders } from './payment-provider';
import type { Stock } from './stock';

export interface CloseOrderParts {
  readonly cartCache: Pick<CartCache, 'checkout' | 'settle'>;
  readonly orders: Orders;
  readonly stock: Stock;
  readonly providers: PaymentProviders;
  /** Hears of what has to be made up for later, by the next checkout or the sweeper. */
  readonly report: (error: unknown) => void;
}

const lookupDeadlineMs = 3000;

/** Ends a pending order, then tells inventory. That the order has ended is what counts: inventory may hear of it later. */
export async function endOrder(
  parts: CloseOrderParts,
  { id, attemptId }: { readonly id: string; readonly attemptId: string },
  status: EndStatus,
  declineReason?: string,
): Promise<Order> {
  const order = await parts.orders.end(id, attemptId, status, declineReason);
  await tellStock(parts, order).catch(parts.report);
  return order;
}

/** Of an order that has ended. */
export async function tellStock({ stock, orders }: CloseOrderParts, { id, status }: Order): Promise<void> {
  await (status === 'paid' ? stock.commit(id) : stock.release(id));
  await orders.mark(id, 'stock-told');
}

/** Of a paid order: takes what was bought off the cart. */
export async function tellCart({ cartCache, orders }: CloseOrderParts, order: Order): Promise<void> {
  await cartCache.settle(order.cartOwner, order.checkout);
  await orders.mark(order.id, 'cart-told');
}

/**
 * Takes the newest paid orders off the cart again, should it have come back from before them (a failover); the oldest first, for each
 * counts against the cart as the one before left it. Resolves to the id of the newest.
 */
export async function repeatLastPaid(
  { cartCache, orders }: Pick<CloseOrderParts, 'cartCache' | 'orders'>,
  cartOwner: string,
): Promise<string | undefined> {
  const lastPaid = await orders.findLastPaid(cartOwner);
  for (const { checkout } of lastPaid.toReversed()) await cartCache.settle(cartOwner, checkout);
  return lastPaid[0]?.id;
}

/** Whether one of the orders was not taken off the cart when it was claimed: each that is ends the incarnation that it was taken from. */
export const isOnCart = (orders: readonly Order[], { incarnation }: Pick<CheckoutRecord, 'incarnation'>): boolean =>
  orders.some(({ checkout }) => checkout.incarnation === incarnation);

/** Gives back what a provider charged after all for an order that was cancelled. */
export async function checkPayment({ providers, orders, report }: CloseOrderParts, order: Order): Promise<void> {
  const { id, paymentId, paymentMethod } = order;
  if (paymentId !== undefined) {
    const provider = providers.of(paymentMethod);
    const signal = AbortSignal.timeout(lookupDeadlineMs);
    if ((await provider.lookup(paymentId, signal)).state === 'charged') {
      await provider.refund(paymentId, signal);
      report(new Error(`the order ${id} is ${order.status}, and was charged all the same; it was refunded`));
    }
  }
  await orders.mark(id, 'payment-checked');
}

/** Does what is left to do about an order that has ended; each part may be repeated, and none waits for another that fails. */
export async function closeOrder(parts: CloseOrderParts, order: Order): Promise<void> {
  const { id, status, marks } = order;
  const left: Promise<void>[] = [];
  if (!marks.has('stock-told')) left.push(tellStock(parts, order));
  if (status === 'paid' && !marks.has('cart-told')) left.push(tellCart(parts, order));
  if (status === 'cancelled' && !marks.has('payment-checked')) left.push(checkPayment(parts, order));
  const results = await Promise.allSettled(left);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) throw new AggregateError(errors, `the order ${id}: ${errors.map(String).join('; ')}`);
}
