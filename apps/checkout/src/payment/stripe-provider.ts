import { AsyncLocalStorage } from 'node:async_hooks';
import Stripe from 'stripe';
import type { Money } from '../domain/order';
import type { PaymentProvider, PaymentStatus } from '../domain/payment-provider';
import { PaymentRefusedError } from './payment-refused-error';
import { deadEndOf, declineReasonKey, toPaymentStatus } from './stripe-status';
import { untilAborted } from './until-aborted';

export interface StripeSettings {
  readonly secretKey: string;
  /** Where Stripe's API is; default https://api.stripe.com. */
  readonly apiUrl?: string;
}

/** Below the default payment deadline of 10 s: a bank may take seconds to authorise. */
const requestTimeoutMs = 8000;
/** For connections that were cut and keys in use; a repeat has the key of the call that it repeats. */
const mostRepeats = 2;
const expand = ['latest_charge'];

/** Of the call under way: the SDK takes no signal, and would repeat a call that nobody waits for any more. */
const callers = new AsyncLocalStorage<AbortSignal>();
const call = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
  untilAborted(signal, () => callers.run(signal, work));

/**
 * Pays by Stripe PaymentIntents; the payment's token is a PaymentMethod that Stripe's form made. The customer is not there to
 * authenticate (3-D Secure), so a card that asks for it is declined as `authentication_required`.
 *
 * `create` throws `PaymentRefusedError` when Stripe does not take the payment method or the amount. Stripe forgets the keys of
 * `create` and `refund` after 24 h: after that, `create` may make another payment for the order, which charges nothing, and
 * Stripe refuses to give a charge back twice.
 */
export function createStripeProvider(settings: StripeSettings): PaymentProvider {
  const stripe = connect(settings);
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
      call(signal, async () => {
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

    confirm: (id, signal) => call(signal, () => confirm(id)),
    lookup: (id, signal) => call(signal, async () => settled(await retrieve(id))),
    cancel: (id, signal) =>
      call(signal, async () => {
        const cancelled = intents.cancel(id, { cancellation_reason: 'requested_by_customer', expand });
        return settled(await cancelled.catch(whenRefused(() => retrieve(id))));
      }),
    refund: (id, signal) => call(signal, () => refund(id)),
  };
}

function connect({ secretKey, apiUrl = 'https://api.stripe.com' }: StripeSettings): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  return new Stripe(secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    timeout: requestTimeoutMs,
    maxNetworkRetries: mostRepeats,
    telemetry: false,
    httpClient: createHttpClient(),
  });
}

function createHttpClient() {
  const client = Stripe.createNodeHttpClient();
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    callers.getStore()?.throwIfAborted();
    return send(...request);
  };
  return client;
}

/** Stripe understood the call and did nothing of it; anything else leaves open what it did. */
const isRefusal = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError;

const whenRefused =
  <Result>(instead: () => Promise<Result>) =>
  (error: unknown): Promise<Result> => {
    if (!isRefusal(error)) throw error;
    return instead();
  };

const aboutThePayment = /^(payment_method|expired_payment_method|payment_intent_incompatible_|amount_too_)/;

/** Another payment method would do; other refusals are the store's own mistake. */
const isForTheCustomer = (error: Stripe.errors.StripeError): boolean =>
  error instanceof Stripe.errors.StripeCardError ||
  [error.param, error.code].some((word) => aboutThePayment.test(word ?? '')) ||
  // "The provided PaymentMethod was previously used […] It may not be used again" names no parameter.
  error.message.includes('PaymentMethod');

/** https://docs.stripe.com/currencies#special-cases: Stripe counts these in hundredths, which ISO 4217 does not. */
const inHundredths = ['ISK', 'UGX'];

function toStripeMoney({ amount, currency }: Money) {
  return { amount: inHundredths.includes(currency) ? amount * 100 : amount, currency: currency.toLowerCase() };
}
