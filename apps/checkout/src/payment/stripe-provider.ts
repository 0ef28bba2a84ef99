import type { Money } from '@badger-store/store-api';
import Stripe from 'stripe';
import type { PaymentProvider, PaymentStatus } from '../domain/payment-provider';
import { PaymentRefusedError } from '../domain/payment-provider';
import { callStripe, connectStripe, type StripeSettings } from './stripe-client';
import { isCausedByPaymentMethod, isRefusal, whenRefused } from './stripe-errors';
import { getDeadEndReason, declineReasonKey, toPaymentStatus } from './stripe-status';

const expand = ['latest_charge'];

/**
 * Pays by Stripe PaymentIntents: README.md, "Payment methods". `create` throws `PaymentRefusedError` when Stripe does not accept the
 * payment method or the amount. Stripe keeps idempotency keys for 24 h. After that `create` may make another payment, which charges
 * nothing, and Stripe still refuses a second refund.
 */
export function createStripeProvider(settings: StripeSettings): PaymentProvider {
  const stripe = connectStripe(settings);
  const { paymentIntents: intents } = stripe;
  const retrieve = (id: string) => intents.retrieve(id, { expand });

  const decline = async (id: string, reason: string): Promise<PaymentStatus> => {
    const cancel = async () => {
      await intents.update(id, { metadata: { [declineReasonKey]: reason } });
      return intents.cancel(id, { cancellation_reason: 'abandoned', expand });
    };
    return toPaymentStatus(await cancel().catch(whenRefused(() => retrieve(id))));
  };

  const toFinalStatus = async (intent: Stripe.PaymentIntent): Promise<PaymentStatus> => {
    const reason = getDeadEndReason(intent);
    return reason === undefined ? toPaymentStatus(intent) : decline(intent.id, reason);
  };

  const confirm = async (id: string): Promise<PaymentStatus> => {
    try {
      return await toFinalStatus(await intents.confirm(id, { expand }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const reason = error.decline_code ?? error.code ?? 'payment_failed';
      if (error instanceof Stripe.errors.StripeCardError) {
        // The payment is declined even if it cannot be cancelled now: only another card could still pay it.
        return decline(id, reason).catch(() => ({ state: 'declined', reason }));
      }
      const intent = await retrieve(id);
      return intent.status === 'requires_confirmation' ? decline(id, reason) : toFinalStatus(intent);
    }
  };

  const refund = async (id: string): Promise<PaymentStatus> => {
    const before = await toFinalStatus(await retrieve(id));
    // Stripe stores a refusal with the idempotency key, and would repeat it after the payment is charged.
    if (before.state !== 'charged') return before;
    await stripe.refunds.create({ payment_intent: id }, { idempotencyKey: `refund-${id}` }).catch((error: unknown) => {
      if (!isRefusal(error) || error.code !== 'charge_already_refunded') throw error;
    });
    return toPaymentStatus(await retrieve(id));
  };

  return {
    create: (orderId, total, { token }, signal) =>
      callStripe(signal, async () => {
        const created = intents.create(
          {
            ...toStripeMoney(total),
            confirm: false,
            payment_method: token,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { orderId },
          },
          { idempotencyKey: `order-${orderId}` },
        );
        const { id } = await created.catch((error: unknown) => {
          throw isRefusal(error) && isCausedByPaymentMethod(error)
            ? new PaymentRefusedError(error.decline_code ?? error.code ?? 'payment_method_refused', { cause: error })
            : error;
        });
        return { paymentId: id };
      }),

    confirm: (id, signal) => callStripe(signal, () => confirm(id)),
    lookup: (id, signal) => callStripe(signal, async () => toFinalStatus(await retrieve(id))),
    cancel: (id, signal) =>
      callStripe(signal, async () => {
        const cancelled = intents.cancel(id, { cancellation_reason: 'requested_by_customer', expand });
        return toFinalStatus(await cancelled.catch(whenRefused(() => retrieve(id))));
      }),
    refund: (id, signal) => callStripe(signal, () => refund(id)),
  };
}

/** Unlike ISO 4217, Stripe counts these currencies in hundredths: https://docs.stripe.com/currencies#special-cases */
const inHundredths = ['ISK', 'UGX'];

function toStripeMoney({ amount, currency }: Money) {
  return { amount: inHundredths.includes(currency) ? amount * 100 : amount, currency: currency.toLowerCase() };
}
