import Stripe from 'stripe';
import type { Money } from '../domain/order';
import type { PaymentProvider, PaymentStatus } from '../domain/payment-provider';
import { PaymentRefusedError } from '../domain/payment-provider';
import { callStripe, connectStripe, type StripeSettings } from './stripe-client';
import { isForTheCustomer, isRefusal, whenRefused } from './stripe-errors';
import { deadEndOf, declineReasonKey, toPaymentStatus } from './stripe-status';

const expand = ['latest_charge'];

/**
 * Pays by Stripe PaymentIntents; the payment's token is a PaymentMethod that Stripe's form made. The customer is not there to
 * authenticate (3-D Secure), so a card that asks for it is declined as `authentication_required`.
 *
 * `create` throws `PaymentRefusedError` when Stripe does not take the payment method or the amount. Stripe forgets the keys of
 * `create` and `refund` after 24 h: after that, `create` may make another payment for the order, which charges nothing, and
 * Stripe refuses to give a charge back twice.
 */
export function createStripeProvider(settings: StripeSettings): PaymentProvider {
  const stripe = connectStripe(settings);
  const { paymentIntents: intents } = stripe;
  const retrieve = (id: string) => intents.retrieve(id, { expand });

  const decline = async (id: string, reason: string): Promise<PaymentStatus> => {
    const ended = async () => {
      await intents.update(id, { metadata: { [declineReasonKey]: reason } });
      return intents.cancel(id, { cancellation_reason: 'abandoned', expand });
    };
    return toPaymentStatus(await ended().catch(whenRefused(() => retrieve(id))));
  };

  const settled = async (intent: Stripe.PaymentIntent): Promise<PaymentStatus> => {
    const reason = deadEndOf(intent);
    return reason === undefined ? toPaymentStatus(intent) : decline(intent.id, reason);
  };

  const confirm = async (id: string): Promise<PaymentStatus> => {
    try {
      return await settled(await intents.confirm(id, { expand }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const reason = error.decline_code ?? error.code ?? 'payment_failed';
      if (error instanceof Stripe.errors.StripeCardError) {
        // Declined it is, also where it cannot be ended now: nothing but another card could still pay it.
        return decline(id, reason).catch(() => ({ state: 'declined', reason }));
      }
      const intent = await retrieve(id);
      return intent.status === 'requires_confirmation' ? decline(id, reason) : settled(intent);
    }
  };

  const refund = async (id: string): Promise<PaymentStatus> => {
    const before = await settled(await retrieve(id));
    // Stripe would keep a refusal with the key, and refuse still when the payment was charged since.
    if (before.state !== 'charged') return before;
    await stripe.refunds.create({ payment_intent: id }, { idempotencyKey: `refund-${id}` }).catch((error: unknown) => {
      if (!isRefusal(error) || error.code !== 'charge_already_refunded') throw error;
    });
    return toPaymentStatus(await retrieve(id));
  };

  return {
    create: (orderId, total, { token }, signal) =>
      callStripe(signal, async () => {
        const made = intents.create(
          {
            ...toStripeMoney(total),
            confirm: false,
            payment_method: token,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { orderId },
          },
          { idempotencyKey: `order-${orderId}` },
        );
        const { id } = await made.catch((error: unknown) => {
          throw isRefusal(error) && isForTheCustomer(error)
            ? new PaymentRefusedError(error.decline_code ?? error.code ?? 'payment_method_refused', { cause: error })
            : error;
        });
        return { paymentId: id };
      }),

    confirm: (id, signal) => callStripe(signal, () => confirm(id)),
    lookup: (id, signal) => callStripe(signal, async () => settled(await retrieve(id))),
    cancel: (id, signal) =>
      callStripe(signal, async () => {
        const cancelled = intents.cancel(id, { cancellation_reason: 'requested_by_customer', expand });
        return settled(await cancelled.catch(whenRefused(() => retrieve(id))));
      }),
    refund: (id, signal) => callStripe(signal, () => refund(id)),
  };
}

/** https://docs.stripe.com/currencies#special-cases: Stripe counts these in hundredths, which ISO 4217 does not. */
const inHundredths = ['ISK', 'UGX'];

function toStripeMoney({ amount, currency }: Money) {
  return { amount: inHundredths.includes(currency) ? amount * 100 : amount, currency: currency.toLowerCase() };
}
