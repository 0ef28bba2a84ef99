import { CheckoutKeyReusedError, OutOfStockError, PaymentDeclinedError } from './checkout-errors';
import type { CheckoutKey, CheckoutKeys } from './checkout-keys';
import type { Order } from './order';
import type { Orders } from './orders';

interface ReplayParts {
  readonly keys: CheckoutKeys;
  readonly orders: Pick<Orders, 'find'>;
}

/**
 * What was answered under this key before: the paid order, or, thrown, the decline or what was out of stock. `undefined` where the
 * key is new, its order is still open, or nothing came of that one: then the checkout goes on, or is tried anew.
 * Throws `CheckoutKeyReusedError` when the key came with another body.
 */
export async function replayOf(
  { keys, orders }: ReplayParts,
  userId: string,
  key: CheckoutKey,
): Promise<Order | undefined> {
  const use = await keys.find(userId, key.value);
  if (!use) return undefined;
  if (use.bodyHash !== key.bodyHash) throw new CheckoutKeyReusedError();
  if (use.shortages) throw new OutOfStockError(use.shortages);
  const order = use.orderId === undefined ? undefined : await orders.find(userId, use.orderId);
  if (order?.status === 'declined') throw new PaymentDeclinedError(order.id, order.declineReason);
  return order?.status === 'paid' ? order : undefined;
}
