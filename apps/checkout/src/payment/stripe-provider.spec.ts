import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStripeProvider } from './stripe-provider';
import { itKeepsThePaymentContract } from './testing/payment-provider-contract';
import { startStripeServer, type StripeServer } from './testing/stripe-server';

const secretKey = 'sk_test_local';
const total = { amount: 4200, currency: 'EUR' };
const inTime = () => AbortSignal.timeout(10_000);
const pay = (token: string) => ({ method: 'stripe', token });
const used = 'The provided PaymentMethod was previously used with a PaymentIntent. It may not be used again.';
const usedUp = { status: 400, body: { error: { type: 'invalid_request_error', message: used } } };

let stripe: StripeServer;
let provider: ReturnType<typeof createStripeProvider>;
beforeAll(async () => {
  stripe = await startStripeServer(secretKey);
  provider = createStripeProvider({ secretKey, apiUrl: stripe.url });
});
afterAll(() => stripe.close());
beforeEach(() => stripe.calls.splice(0));

const create = async (token: string, money = total) =>
  (await provider.create(randomUUID(), money, pay(token), inTime())).paymentId;
const everyResponse = async (paymentId: string) => {
  const responses = [];
  for (const call of ['lookup', 'confirm', 'cancel', 'refund', 'lookup'] as const) {
    responses.push(await provider[call](paymentId, inTime()));
  }
  return responses;
};

describe('paying by Stripe', () => {
  itKeepsThePaymentContract(
    {
      good: pay('pm_card_visa'),
      declined: [
        ['generic_decline', pay('pm_card_chargeDeclined')],
        ['insufficient_funds', pay('pm_card_chargeDeclinedInsufficientFunds')],
        ['expired_card', pay('pm_card_chargeDeclinedExpiredCard')],
        ['authentication_required', pay('pm_card_authenticationRequired')],
      ],
    },
    () => ({ provider, charges: (paymentId) => Promise.resolve(stripe.books.charges(paymentId)) }),
  );

  it('asks for the total in the currency’s minor unit, for the order, and makes one intent of many calls', async () => {
    const orderId = randomUUID();
    const made = Array.from({ length: 20 }, () => provider.create(orderId, total, pay('pm_card_visa'), inTime()));
    const ids = new Set((await Promise.all(made)).map(({ paymentId }) => paymentId));
    expect([...ids]).toEqual(stripe.books.ofOrder(orderId).map(({ id }) => id));
    expect(stripe.books.ofOrder(orderId)).toMatchObject([{ amount: 4200, currency: 'eur', metadata: { orderId } }]);
  });

  it.each([
    ['JPY', 500],
    ['ISK', 50_000],
    ['UGX', 50_000],
  ])('asks for 500 %s as Stripe counts them', async (currency, amount) => {
    expect(stripe.books.intent(await create('pm_card_visa', { amount: 500, currency })).amount).toBe(amount);
  });

  it('refuses to give an order another total under the same key', async () => {
    const orderId = randomUUID();
    await provider.create(orderId, total, pay('pm_card_visa'), inTime());
    const other = provider.create(orderId, { ...total, amount: 1 }, pay('pm_card_visa'), inTime());
    await expect(other).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  });
});

it('a payment that another shop made in the same account is left as it is', async () => {
  const paymentId = await create('pm_card_authenticationRequired');
  const intent = stripe.books.intent(paymentId);
  Object.assign(intent, { status: 'requires_action', metadata: {} });
  await expect(provider.lookup(paymentId, inTime())).rejects.toThrow('requires_action');
  expect([intent.status, intent.metadata]).toEqual(['requires_action', {}]);
});

describe('a payment that Stripe takes its time for', () => {
  it('is processing, and no cancel comes in time', async () => {
    const paymentId = await create('pm_usBankAccount_processing');
    expect(await provider.confirm(paymentId, inTime())).toEqual({ state: 'processing' });
    expect(await everyResponse(paymentId)).toEqual(Array(5).fill({ state: 'processing' }));
    stripe.books.finish(paymentId);
    expect(await provider.lookup(paymentId, inTime())).toEqual({ state: 'charged' });
    expect(await provider.refund(paymentId, inTime())).toEqual({ state: 'refunded' });
  });

  it('is declined for good when it fails in the end', async () => {
    const paymentId = await create('pm_usBankAccount_processing');
    await provider.confirm(paymentId, inTime());
    stripe.books.finish(paymentId, { code: 'payment_method_provider_decline' });
    const declined = { state: 'declined', reason: 'payment_method_provider_decline' };
    expect(await everyResponse(paymentId)).toEqual(Array(5).fill(declined));
    expect(stripe.books.intent(paymentId).status).toBe('canceled');
  });
});

describe('a payment that Stripe does not take', () => {
  it.each([
    ['a payment method that is not there', 'pm_nowhere', total, 'resource_missing'],
    ['an amount that is too small', 'pm_card_visa', { ...total, amount: 1 }, 'amount_too_small'],
  ])('for %s is refused before there is one', async (_what, token, money, reason) => {
    const refused = { name: 'PaymentRefusedError', reason };
    await expect(create(token, money)).rejects.toMatchObject(refused);
  });

  it('for a payment method that was used before is refused by create, or declined by confirm', async () => {
    stripe.fail('create', usedUp);
    await expect(create('pm_card_visa')).rejects.toMatchObject({ reason: 'payment_method_refused' });

    const paymentId = await create('pm_card_visa');
    stripe.fail('confirm', usedUp);
    const declined = { state: 'declined', reason: 'payment_failed' };
    expect(await provider.confirm(paymentId, inTime())).toEqual(declined);
    expect(await everyResponse(paymentId)).toEqual(Array(5).fill(declined));
  });

  it('because of a mistake of the store’s is an error, and no decline', async () => {
    await expect(create('pm_card_visa', { ...total, currency: 'E' })).rejects.toMatchObject({ param: 'currency' });
    const stranger = createStripeProvider({ secretKey: 'sk_test_other', apiUrl: stripe.url });
    const paymentId = await create('pm_card_visa');
    const wrongKey = { type: 'StripeAuthenticationError' };
    await expect(stranger.create(randomUUID(), total, pay('pm_card_visa'), inTime())).rejects.toMatchObject(wrongKey);
    for (const call of ['confirm', 'lookup', 'cancel', 'refund'] as const) {
      await expect(stranger[call](paymentId, inTime())).rejects.toMatchObject(wrongKey);
      await expect(provider[call]('pi_nowhere', inTime())).rejects.toMatchObject({ code: 'resource_missing' });
    }
    expect(await provider.lookup(paymentId, inTime())).toEqual({ state: 'created' });
  });
});

describe('a response that is lost', () => {
  it('because the connection was cut is asked for again under the same key, and charges once', async () => {
    const paymentId = await create('pm_card_visa');
    stripe.fail('confirm', 'cut-after');
    expect(await provider.confirm(paymentId, inTime())).toEqual({ state: 'charged' });
    expect([stripe.books.charges(paymentId), stripe.calls]).toEqual([1, ['create', 'confirm', 'confirm']]);
  });

  it.each([
    ['cut off each time', 'cut-after', 3],
    ['responded with 500', 'fail-after', 1],
    ['responded with 503 each time', { status: 503, body: { error: { type: 'api_error' } } }, 3],
    ['limited each time', { status: 429, body: { error: { code: 'lock_timeout' } } }, 1],
  ] as const)('because a confirm is %s has an unknown outcome, which a lookup reads', async (_how, fault, times) => {
    const paymentId = await create('pm_card_visa');
    stripe.fail('confirm', fault, times);
    await expect(provider.confirm(paymentId, inTime())).rejects.toMatchObject({
      type: expect.stringMatching(/^Stripe/),
    });
    const charges = stripe.books.charges(paymentId);
    expect(await provider.lookup(paymentId, inTime())).toEqual({ state: charges ? 'charged' : 'created' });
    expect(await provider.confirm(paymentId, inTime())).toEqual({ state: 'charged' });
    expect(stripe.books.charges(paymentId)).toBe(1);
  });

  it.each([
    ['does nothing', 'hang', 'created'],
    ['has charged', 'late', 'charged'],
  ] as const)(
    'because Stripe %s and says nothing is waited for no longer than the caller wants to, nor asked for again',
    async (_what, fault, state) => {
      const paymentId = await create('pm_card_visa');
      stripe.fail('confirm', fault);
      await expect(provider.confirm(paymentId, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
      expect(await provider.lookup(paymentId, inTime())).toEqual({ state });

      // Cut off, the SDK would send it again within a second.
      stripe.dropUnanswered();
      await sleep(1200);
      expect(stripe.calls).toEqual(['create', 'confirm', 'retrieve']);
      expect(await provider.lookup(paymentId, inTime())).toEqual({ state });
    },
  );

  it('of making a payment is asked for again, and makes one', async () => {
    const orderId = randomUUID();
    stripe.fail('create', 'cut-after');
    const { paymentId } = await provider.create(orderId, total, pay('pm_card_visa'), inTime());
    expect(stripe.books.ofOrder(orderId)).toMatchObject([{ id: paymentId }]);
  });

  it('of a refund is asked for again, and gives back once', async () => {
    const paymentId = await create('pm_card_visa');
    await provider.confirm(paymentId, inTime());
    stripe.fail('refund', 'cut-after');
    expect(await provider.refund(paymentId, inTime())).toEqual({ state: 'refunded' });
    stripe.forgetKeys();
    expect(await provider.refund(paymentId, inTime())).toEqual({ state: 'refunded' });
  });

  it('of cancelling a declined payment leaves it declined, and the next lookup cancels it', async () => {
    const paymentId = await create('pm_card_chargeDeclined');
    stripe.fail('cancel', { status: 503, body: { error: { type: 'api_error' } } }, 3);
    const declined = { state: 'declined', reason: 'generic_decline' };
    expect(await provider.confirm(paymentId, inTime())).toEqual(declined);
    expect(stripe.books.intent(paymentId).status).toBe('requires_payment_method');
    expect(await everyResponse(paymentId)).toEqual(Array(5).fill(declined));
    expect(stripe.books.intent(paymentId).status).toBe('canceled');
  });

  it('of a decline leaves a payment that cannot be confirmed again, and whose cancel says that it was declined', async () => {
    const paymentId = await create('pm_card_chargeDeclinedInsufficientFunds');
    stripe.fail('confirm', 'late');
    await expect(provider.confirm(paymentId, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
    stripe.dropUnanswered();
    const declined = { state: 'declined', reason: 'insufficient_funds' };
    expect(await provider.cancel(paymentId, inTime())).toEqual(declined);
    expect(await everyResponse(paymentId)).toEqual(Array(5).fill(declined));
  });
});
