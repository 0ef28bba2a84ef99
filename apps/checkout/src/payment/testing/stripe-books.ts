import { randomUUID } from 'node:crypto';

export type Params = { readonly [name: string]: string | Params | undefined };

export interface StripeReply {
  readonly status: number;
  readonly body: object;
}

interface Failure {
  readonly code: string;
  readonly decline_code?: string;
}

interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly status: 'succeeded' | 'failed';
  readonly failure_code: string | null;
  readonly outcome: { readonly reason: string | null };
  refunded: boolean;
}

interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly charges: Charge[];
  metadata: object;
  status: string;
  payment_method: string | null;
  cancellation_reason: string | null;
  last_payment_error: (Failure & { type: 'card_error' }) | null;
}

/** https://docs.stripe.com/testing: those with a failure decline, the others come to the state that is named. */
const paymentMethods = new Map<string, string | Failure>([
  ['pm_card_visa', 'succeeded'],
  ['pm_card_authenticationRequired', 'requires_action'],
  ['pm_usBankAccount_processing', 'processing'],
  ['pm_card_chargeDeclined', { code: 'card_declined', decline_code: 'generic_decline' }],
  ['pm_card_chargeDeclinedInsufficientFunds', { code: 'card_declined', decline_code: 'insufficient_funds' }],
  ['pm_card_chargeDeclinedExpiredCard', { code: 'expired_card' }],
]);

const cancellable = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'];
const lowestAmount = 50;

/** What Stripe knows of payments, and how it responds to the calls that the store makes: https://docs.stripe.com/api/payment_intents */
export function createStripeBooks() {
  const intents = new Map<string, Intent>();

  const show = (intent: Intent, params: Params): object => {
    const { charges, ...shown } = intent;
    const latest = charges.at(-1);
    const isExpanded = Object.values((params.expand ?? {}) as Params).includes('latest_charge');
    return { ...shown, latest_charge: isExpanded ? (latest ?? null) : (latest?.id ?? null) };
  };
  const done = (intent: Intent, params: Params): StripeReply => ({ status: 200, body: show(intent, params) });
  const unexpected = (intent: Intent, operation: string) =>
    refused(`You cannot ${operation} this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: show(intent, {}),
    });

  const charge = (intent: Intent, failure?: Failure): Charge => {
    const made: Charge = {
      id: `ch_${randomUUID().replaceAll('-', '')}`,
      object: 'charge',
      status: failure ? 'failed' : 'succeeded',
      failure_code: failure?.code ?? null,
      outcome: { reason: failure?.decline_code ?? null },
      refunded: false,
    };
    intent.charges.push(made);
    intent.status = failure ? 'requires_payment_method' : 'succeeded';
    if (failure) intent.last_payment_error = { ...failure, type: 'card_error' };
    if (failure) intent.payment_method = null;
    return made;
  };

  const create = (params: Params): StripeReply => {
    const { amount, currency, payment_method: method = '', metadata = {} } = params;
    if (!/^[a-z]{3}$/.test(String(currency))) return refused('Invalid currency', { param: 'currency' });
    if (!(Number(amount) >= lowestAmount))
      return refused('Amount too small', { code: 'amount_too_small', param: 'amount' });
    if (typeof method !== 'string' || !paymentMethods.has(method)) {
      return refused(`No such PaymentMethod: '${String(method)}'`, {
        code: 'resource_missing',
        param: 'payment_method',
      });
    }
    const intent: Intent = {
      id: `pi_${randomUUID().replaceAll('-', '')}`,
      object: 'payment_intent',
      amount: Number(amount),
      currency: String(currency),
      charges: [],
      metadata: metadata as object,
      status: 'requires_confirmation',
      payment_method: method,
      cancellation_reason: null,
      last_payment_error: null,
    };
    intents.set(intent.id, intent);
    return done(intent, params);
  };

  const confirm = (intent: Intent, params: Params): StripeReply => {
    const outcome = paymentMethods.get(intent.payment_method ?? '');
    if (!outcome || !['requires_confirmation', 'requires_action'].includes(intent.status)) {
      return unexpected(intent, 'confirm');
    }
    if (typeof outcome === 'object') {
      const { id } = charge(intent, outcome);
      const error = {
        type: 'card_error',
        message: 'Declined.',
        charge: id,
        payment_intent: show(intent, {}),
        ...outcome,
      };
      return { status: 402, body: { error } };
    }
    if (outcome === 'succeeded') charge(intent);
    intent.status = outcome;
    return done(intent, params);
  };

  const operations = {
    retrieve: done,
    confirm,
    update(intent: Intent, params: Params) {
      if (intent.status === 'canceled') return unexpected(intent, 'update');
      intent.metadata = { ...intent.metadata, ...(params.metadata as object) };
      // "It will be cleared if the PaymentIntent is later updated for any reason."
      intent.last_payment_error = null;
      return done(intent, params);
    },
    cancel(intent: Intent, params: Params) {
      if (!cancellable.includes(intent.status)) return unexpected(intent, 'cancel');
      Object.assign(intent, { status: 'canceled', cancellation_reason: params.cancellation_reason ?? null });
      intent.last_payment_error = null;
      return done(intent, params);
    },
    refund(intent: Intent) {
      const paid = intent.charges.find(({ status }) => status === 'succeeded');
      if (!paid) return refused('This PaymentIntent does not have a successful charge to refund.', {});
      if (paid.refunded) return refused('Already refunded.', { code: 'charge_already_refunded' });
      paid.refunded = true;
      return { status: 200, body: { id: `re_${randomUUID()}`, object: 'refund', status: 'succeeded' } };
    },
  };

  const the = (id: string): Intent => {
    const intent = intents.get(id);
    if (!intent) throw new Error(`there is no ${id}`);
    return intent;
  };

  return {
    create,
    carryOut(operation: keyof typeof operations, id: string, params: Params): StripeReply {
      const intent = intents.get(id);
      if (intent) return operations[operation](intent, params);
      return refused(`No such payment_intent: '${id}'`, { code: 'resource_missing', param: 'intent' }, 404);
    },
    intent: the,
    ofOrder: (orderId: string) =>
      [...intents.values()].filter(({ metadata }) => (metadata as Params).orderId === orderId),
    charges: (id: string) => the(id).charges.filter(({ status }) => status === 'succeeded').length,
    /** Charges or declines a payment that is processing. */
    finish: (id: string, failure?: Failure) => void charge(the(id), failure),
  };
}

export type StripeOperation = 'create' | 'retrieve' | 'confirm' | 'update' | 'cancel' | 'refund';

function refused(message: string, details: object, status = 400): StripeReply {
  return { status, body: { error: { type: 'invalid_request_error', message, ...details } } };
}
