import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { signEvent } from '../payment/testing/stripe-events';
import { stripeWebhookRoutes } from './stripe-webhook.routes';

const signingSecret = 'whsec_local';
const onPayment = jest.fn<Promise<void>, [string]>();
let server: LocalServer;
beforeAll(async () => {
  const routes = stripeWebhookRoutes(signingSecret, onPayment);
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());
beforeEach(() => onPayment.mockReset().mockResolvedValue());

const payment = { id: 'pi_1', object: 'payment_intent', status: 'succeeded' };
const post = (body: string, headers: Record<string, string>) =>
  request(server.url)
    .post('/payments/stripe/events')
    .set({ 'Content-Type': 'application/json; charset=utf-8', ...headers })
    .send(body);
const postEvent = (type: string, about: object = payment) => {
  const { body, signature } = signEvent(signingSecret, type, about);
  return post(body, { 'Stripe-Signature': signature });
};

it.each(['succeeded', 'payment_failed', 'canceled', 'processing'])(
  'an event that a payment is %s has the payment looked at',
  async (what) => {
    const { status, body } = await postEvent(`payment_intent.${what}`);
    expect([status, body]).toEqual([200, { received: true }]);
    expect(onPayment.mock.calls).toEqual([['pi_1']]);
  },
);

it.each(['payment_intent.created', 'charge.refunded', 'payment_intent.succeeded.not'])(
  'an event of another type is taken, and nothing done: %s',
  async (type) => {
    const { status, body } = await postEvent(type);
    expect([status, body]).toEqual([200, { received: true }]);
    expect(onPayment).not.toHaveBeenCalled();
  },
);

it('the same event may come again', async () => {
  const { body, signature } = signEvent(signingSecret, 'payment_intent.succeeded', payment);
  for (let times = 0; times < 2; times += 1) {
    expect((await post(body, { 'Stripe-Signature': signature })).status).toBe(200);
  }
  expect(onPayment).toHaveBeenCalledTimes(2);
});

it('an event that cannot be dealt with now is asked for again', async () => {
  onPayment.mockRejectedValue(new Error('secret of the database'));
  const { status, body, headers, text } = await postEvent('payment_intent.succeeded');
  expect([status, body.code, headers['retry-after']]).toEqual([503, 'PAYMENT_EVENT_PENDING', '5']);
  expect(text).not.toContain('secret');
});

describe('refused is', () => {
  const { body, signature } = signEvent(signingSecret, 'payment_intent.succeeded', payment);
  const [at = '', v1 = ''] = signature.split(',');
  const getHeaders = (secret: string, ageSeconds = 0) => ({
    'Stripe-Signature': signEvent(secret, 'payment_intent.succeeded', payment, ageSeconds).signature,
  });

  it.each<[string, string, Record<string, string>]>([
    ['an event without a signature', body, {}],
    ['an event signed with another secret', body, getHeaders('whsec_other')],
    ['an event that was changed since', body.replace('pi_1', 'pi_2'), { 'Stripe-Signature': signature }],
    ['an event with a later time than was signed', body, { 'Stripe-Signature': `t=${Number(at.slice(2)) + 1},${v1}` }],
    ['a signature without a time', body, { 'Stripe-Signature': v1 }],
    ['a signature of the old scheme alone', body, { 'Stripe-Signature': signature.replace('v1', 'v0') }],
    ['a signature that is none', body, { 'Stripe-Signature': 'x' }],
    ['nothing at all', '', { 'Stripe-Signature': signature }],
  ])('%s', async (_what, sent, headers) => {
    const response = await post(sent, headers);
    expect([response.status, response.body.code, response.type]).toEqual([
      400,
      'INVALID_EVENT',
      'application/problem+json',
    ]);
    expect(onPayment).not.toHaveBeenCalled();
  });

  it('an event that is older than 300 s, and no younger one', async () => {
    const send = (ageSeconds: number) => {
      const event = signEvent(signingSecret, 'payment_intent.succeeded', payment, ageSeconds);
      return post(event.body, { 'Stripe-Signature': event.signature });
    };
    expect([(await send(290)).status, (await send(302)).status]).toEqual([200, 400]);
    expect(onPayment).toHaveBeenCalledTimes(1);
  });

  it.each([{}, { id: null }, { id: 7 }, { id: 'ch_1' }, { id: 'pi_1/confirm' }])(
    'an event about no payment: %j',
    async (about) => {
      const { status, body: problem } = await postEvent('payment_intent.succeeded', about as object);
      expect([status, problem.code]).toEqual([400, 'INVALID_EVENT']);
      expect(onPayment).not.toHaveBeenCalled();
    },
  );

  it('a body of more than 64 KiB, or a compressed one', async () => {
    expect((await postEvent('payment_intent.succeeded', { ...payment, more: 'x'.repeat(65_536) })).status).toBe(413);
    expect((await post(body, { 'Stripe-Signature': signature, 'Content-Encoding': 'gzip' })).status).toBe(415);
    expect(onPayment).not.toHaveBeenCalled();
  });
});
