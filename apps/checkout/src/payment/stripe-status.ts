import type Stripe from 'stripe';
import type { PaymentStatus } from '../domain/payment-provider';

/** The metadata of a declined PaymentIntent: Stripe does not keep its own reason. */
export const declineReasonKey = 'decline_reason';

/**
 * Returns why the store must cancel a PaymentIntent that Stripe leaves open: the payment failed and Stripe waits for another card, or the
 * customer would have to authenticate. The store supports neither.
 */
export function getDeadEndReason(intent: Stripe.PaymentIntent): string | undefined {
  // Another program may use the same Stripe account.
  if (!intent.metadata.orderId) return undefined;
  if (intent.status === 'requires_action') return 'authentication_required';
  return intent.status === 'requires_payment_method' ? (getFailureReason(intent) ?? 'payment_failed') : undefined;
}

/** The latest charge must be expanded. Throws for a status that the store never causes. */
export function toPaymentStatus(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case 'requires_confirmation':
      return { state: 'created' };
    case 'processing':
      return { state: 'processing' };
    case 'succeeded':
      return { state: getCharge(intent)?.refunded ? 'refunded' : 'charged' };
    case 'canceled': {
      const reason = getFailureReason(intent);
      return reason === undefined ? { state: 'cancelled' } : { state: 'declined', reason };
    }
    default:
      throw new Error(`the PaymentIntent ${intent.id} has the unexpected status ${intent.status}`);
  }
}

/** Stripe clears `last_payment_error` with any change of the intent; the failed charge stays. */
function getFailureReason(intent: Stripe.PaymentIntent): string | undefined {
  const { metadata, last_payment_error: error } = intent;
  const charge = getCharge(intent);
  const failed = charge?.status === 'failed' ? charge : undefined;
  const code = metadata[declineReasonKey] || error?.decline_code || error?.code || failed?.outcome?.reason;
  return code || failed?.failure_code || (failed || error ? 'payment_failed' : undefined);
}

function getCharge({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | undefined {
  if (typeof charge === 'string') throw new Error('the latest charge is not expanded');
  return charge ?? undefined;
}
