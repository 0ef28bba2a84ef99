import type Stripe from 'stripe';
import type { PaymentStatus } from '../domain/payment-provider';

/** Where a PaymentIntent keeps why the store ended it as declined: Stripe forgets its own word for it. */
export const declineReasonKey = 'decline_reason';

/**
 * Why a PaymentIntent of the store’s cannot be paid any more, though Stripe leaves it open: the payment failed, and Stripe waits for
 * another card; or the customer would have to authenticate. The store does neither, so such an intent is to be ended.
 */
export function deadEndOf(intent: Stripe.PaymentIntent): string | undefined {
  // The account may be used for more than this store.
  if (!intent.metadata.orderId) return undefined;
  if (intent.status === 'requires_action') return 'authentication_required';
  return intent.status === 'requires_payment_method' ? (failureOf(intent) ?? 'payment_failed') : undefined;
}

/** Reads the status of a PaymentIntent whose latest charge is expanded; throws for a state that the store never brings about. */
export function toPaymentStatus(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case 'requires_confirmation':
      return { state: 'created' };
    case 'processing':
      return { state: 'processing' };
    case 'succeeded':
      return { state: chargeOf(intent)?.refunded ? 'refunded' : 'charged' };
    case 'canceled': {
      const reason = failureOf(intent);
      return reason === undefined ? { state: 'cancelled' } : { state: 'declined', reason };
    }
    default:
      throw new Error(`the payment ${intent.id} is at Stripe ${intent.status}`);
  }
}

/** Stripe clears `last_payment_error` with any change of the intent; the failed charge stays. */
function failureOf(intent: Stripe.PaymentIntent): string | undefined {
  const { metadata, last_payment_error: error } = intent;
  const charge = chargeOf(intent);
  const failed = charge?.status === 'failed' ? charge : undefined;
  const said = metadata[declineReasonKey] || error?.decline_code || error?.code || failed?.outcome?.reason;
  return said || failed?.failure_code || (failed || error ? 'payment_failed' : undefined);
}

function chargeOf({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | undefined {
  if (typeof charge === 'string') throw new Error('the latest charge is not expanded');
  return charge ?? undefined;
}
