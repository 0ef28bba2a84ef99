import type { Carts, CheckoutOutcome, OrderOutcome } from '@badger-store/cart-cache';
import {
  IdempotencyKeyReusedError,
  CheckoutOutcomeUnknownError,
  OutOfStockError,
  PaymentDeclinedError,
} from './checkout-errors';
import type { TerminalStatus, Order } from './order';
import type { PaymentProvider, PaymentProviders, PaymentStatus } from './payment-provider';
import { OutOfDateError, type IdempotencyKey, type IdempotencyKeys, type Orders, type Stock } from './ports';
import type { Trace } from './trace';

export interface RecoverOrderParts {
  readonly cartCache: Carts;
  readonly orders: Orders;
  readonly stock: Stock;
  readonly providers: PaymentProviders;
  readonly trace: Trace;
  /** Receives errors of work that the next checkout or the sweeper makes up for. */
  readonly report: (error: unknown) => void;
}

export const lookupDeadlineMs = 3000;
/** More than Redis loses in a failover; the next checkout repairs what is left. */
const maxLostOrders = 100;

/** Ends a pending order, then notifies inventory. The order has ended even if inventory cannot be notified now. */
export async function endOrder(
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

export async function notifyInventory(
  { stock, orders, trace }: RecoverOrderParts,
  { id, status }: Order,
): Promise<void> {
  if (status === 'paid') await trace('commit_stock', () => stock.commit(id));
  else await trace('release_stock', () => stock.release(id));
  await trace('mark_inventory_notified', () => orders.mark(id, 'inventory_notified'));
}

/** Takes what a paid order bought off the cart. */
export async function updateCart({ cartCache, orders }: RecoverOrderParts, order: Order): Promise<void> {
  await cartCache.completeCheckout(order.cartId, order.checkout);
  await orders.mark(order.id, 'cart_updated');
}

/**
 * Takes paid orders off a cart that came back from before them (a failover), however many there are: each leaves the cart at the
 * version that the next one was taken from.
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

/**
 * The paid order with which an earlier request under this key was answered. Throws what else it was answered with: the decline, or what
 * was out of stock; `IdempotencyKeyReusedError` when the key came with another body. `undefined` where the key is new, its order is
 * pending, or the order came to nothing: then the checkout goes on.
 */
export async function findReplay(
  { keys, orders }: { readonly keys: IdempotencyKeys; readonly orders: Pick<Orders, 'find'> },
  userId: string,
  key: IdempotencyKey,
): Promise<Order | undefined> {
  const use = await keys.find(userId, key.value);
  if (!use) return undefined;
  if (use.bodyHash !== key.bodyHash) throw new IdempotencyKeyReusedError();
  if (use.shortages) throw new OutOfStockError(use.shortages);
  const order = use.orderId === undefined ? undefined : await orders.find(userId, use.orderId);
  if (order?.status === 'declined') throw new PaymentDeclinedError(order.id, order.declineReason);
  return order?.status === 'paid' ? order : undefined;
}

export interface RecoverOptions {
  /** Also cancel a payment that the provider still works on; otherwise its outcome stays unknown. */
  readonly cancelProcessing: boolean;
}

/**
 * Resumes the checkout of an order that an earlier attempt left pending, and charges nothing: what was not charged yet is cancelled for
 * good. `completed`: the order is paid. `rejected` with an `OutOfDateError`: it has ended unpaid.
 * `unknown` with a `CheckoutOutcomeUnknownError`: the provider cannot say yet.
 */
export function recoverOrder(
  parts: RecoverOrderParts,
  { id, cartId, checkout }: Order,
  { cancelProcessing }: RecoverOptions,
): Promise<CheckoutOutcome<Order, Error>> {
  const { cartCache, orders, providers, trace } = parts;
  const endAttempt = async (attemptId: string): Promise<OrderOutcome<Order, Error>> => {
    const order = await orders.takeOver(id, attemptId);
    if (order.status === 'paid') return { outcome: 'completed', result: order };
    if (order.status === 'pending') {
      const { paymentId, paymentMethod } = order;
      const { state, reason }: PaymentStatus =
        paymentId === undefined
          ? { state: 'cancelled' }
          : await endPayment(providers.of(paymentMethod), paymentId, cancelProcessing);
      if (state === 'processing') {
        const cause = new Error('the provider still works on the payment');
        return { outcome: 'unknown', error: new CheckoutOutcomeUnknownError(cause, id) };
      }
      const status = state === 'charged' ? 'paid' : state === 'declined' ? 'declined' : 'cancelled';
      const ended = await endOrder(parts, { id, attemptId }, status, reason);
      if (status === 'paid') return { outcome: 'completed', result: ended };
    }
    return { outcome: 'rejected', reason: new OutOfDateError() };
  };
  return cartCache.checkout(cartId, (_items, _checkoutId, { attemptId }) => endAttempt(attemptId), {
    openCheckout: checkout,
    trace,
  });
}

async function endPayment(
  provider: PaymentProvider,
  paymentId: string,
  cancelProcessing: boolean,
): Promise<PaymentStatus> {
  const signal = AbortSignal.timeout(lookupDeadlineMs);
  const status = await provider.lookup(paymentId, signal);
  const isOpen = status.state === 'created' || (status.state === 'processing' && cancelProcessing);
  const ended = isOpen ? await provider.cancel(paymentId, signal) : status;
  if (ended.state === 'created') throw new Error('the provider cancelled nothing');
  return ended;
}
