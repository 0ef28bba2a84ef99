import type { CartCache } from '@badger-store/cart-cache';
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

/** More than Redis loses in a failover; what is left is for the next checkout, for none sells what was sold. */
const maxLostOrders = 100;

/**
 * Takes paid orders off a cart that came back from before them (a failover), however many there are: each is found by the version
 * of the cart that it was taken from, and leaves the cart at the version that the next one was taken from. Resolves to the id of
 * the newest.
 */
export async function completePaidOrders(
  { cartCache, orders }: Pick<CloseOrderParts, 'cartCache' | 'orders'>,
  cartOwner: string,
): Promise<string | undefined> {
  const newest = await orders.findNewestPaid(cartOwner);
  let lost = newest;
  for (let count = 0; lost && count <= maxLostOrders; count += 1) {
    const cartVersion = await cartCache.settle(cartOwner, lost.checkout);
    lost = cartVersion === '' ? undefined : await orders.findPaidFrom(cartOwner, cartVersion);
  }
  return newest?.id;
}

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
