import { CheckoutRefusedError, type CheckoutContext } from '@badger-store/cart-cache';
import { PaymentUnknownError } from './checkout-errors';
import { endOrder, type CloseOrderParts } from './close-order';
import type { Order } from './order';
import { OutOfDateError } from './orders';
import type { PaymentProvider, PaymentStatus } from './payment-provider';

export type FinishOrderParts = CloseOrderParts;

export interface FinishOptions {
  /** Also cancel a payment that the provider is still at; otherwise its outcome stays unknown. */
  readonly cancelProcessing: boolean;
}

const deadlineMs = 3000;

/**
 * Finds out what became of an earlier attempt at an order, and charges nothing: what was not charged by now is cancelled for good.
 * Resolves to the order if it is paid. Otherwise it throws, as a claimed cart wants it: `CheckoutRefusedError` with an `OutOfDateError`
 * as its cause when the order has ended unpaid, `PaymentUnknownError` when the provider itself cannot say yet.
 */
export async function finishOrder(
  parts: FinishOrderParts,
  id: string,
  { attemptId }: Pick<CheckoutContext, 'attemptId'>,
  { cancelProcessing }: FinishOptions,
): Promise<Order> {
  const order = await parts.orders.takeOver(id, attemptId);
  const { status, paymentId, paymentMethod } = order;
  if (status === 'paid') return order;
  if (status === 'pending') {
    const { state, reason } =
      paymentId === undefined
        ? ({ state: 'cancelled' } as PaymentStatus)
        : await endPayment(parts.providers.of(paymentMethod), paymentId, cancelProcessing);
    if (state === 'processing') throw new PaymentUnknownError(id, new Error('the provider still works on it'));
    if (state === 'charged') return endOrder(parts, { id, attemptId }, 'paid');
    await endOrder(parts, { id, attemptId }, state === 'declined' ? 'declined' : 'cancelled', reason);
  }
  throw new CheckoutRefusedError('out of date', { cause: new OutOfDateError() });
}

async function endPayment(
  provider: PaymentProvider,
  paymentId: string,
  cancelProcessing: boolean,
): Promise<PaymentStatus> {
  const signal = AbortSignal.timeout(deadlineMs);
  const status = await provider.lookup(paymentId, signal);
  const isOpen = status.state === 'created' || (status.state === 'processing' && cancelProcessing);
  const ended = isOpen ? await provider.cancel(paymentId, signal) : status;
  if (ended.state === 'created') throw new Error('the provider cancelled nothing');
  return ended;
}
