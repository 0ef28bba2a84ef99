import request from 'supertest';
import { signEvent } from './payment/testing/stripe-events';
import { startStripeServer, type StripeServer } from './payment/testing/stripe-server';
import { startCheckoutService, type CheckoutService } from './testing/checkout-service';
import { until } from '@badger-store/test-kit';

const secretKey = 'sk_test_local';
const signingSecret = 'whsec_local';
let stripe: StripeServer;
let checkout: CheckoutService;
beforeAll(async () => {
  stripe = await startStripeServer(secretKey);
  checkout = await startCheckoutService((file) => ({
    PAYMENT_METHODS: 'stripe',
    PAYMENT_DEADLINE_SECONDS: '2',
    STRIPE_API_URL: stripe.url,
    STRIPE_SECRET_KEY_FILE: file(`${secretKey}\n`),
    STRIPE_WEBHOOK_SECRET_FILE: file(`${signingSecret}\n`),
  }));
});
afterAll(async () => {
  await checkout.stop();
  await stripe.close();
});

const newShopper = async () => {
  const id = checkout.newId('g');
  await checkout.cartCache.add(id, 'mug', 2);
  return id;
};
const pay = (id: string, token = 'pm_card_visa') => checkout.checkOut(id, { method: 'stripe', token });
const getOrder = (id: string) =>
  checkout.db.selectFrom('orders').select(['id', 'status', 'payment_id']).where('user_id', '=', id).execute();

it('a cart is paid by Stripe', async () => {
  const shopper = await newShopper();
  const { status, body } = await pay(shopper);
  expect([status, body.order.status, body.order.total]).toEqual([200, 'paid', { amount: 200, currency: 'EUR' }]);
  const [order] = await getOrder(shopper);
  expect(stripe.books.charges(order?.payment_id ?? '')).toBe(1);
  expect(await checkout.cartCache.get(shopper)).toEqual([]);
});

it.each([
  ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_authenticationRequired', 'authentication_required'],
  ['pm_no_such', expect.any(String)],
])('%s is declined, with a reason, and another card may do', async (token, reason) => {
  const shopper = await newShopper();
  const { status, body } = await pay(shopper, token);
  expect([status, body.code, body.reason]).toEqual([402, 'PAYMENT_DECLINED', reason]);
  expect((await pay(shopper)).status).toBe(200);
});

it('a charge whose response was lost is found by Stripe’s event, and the next checkout returns its order', async () => {
  const shopper = await newShopper();
  stripe.fail('confirm', 'late');
  const unknown = await pay(shopper);
  expect([unknown.status, unknown.body.code]).toEqual([503, 'CHECKOUT_OUTCOME_UNKNOWN']);
  const [open] = await getOrder(shopper);
  expect(open).toMatchObject({ id: unknown.body.orderId, status: 'pending' });

  const { body, signature } = signEvent(signingSecret, 'payment_intent.succeeded', { id: open?.payment_id });
  const response = await request(checkout.url)
    .post('/payments/stripe/events')
    .set({ 'content-type': 'application/json', 'stripe-signature': signature })
    .send(body);
  expect(response.status).toBe(200);
  await until('the order is paid', async () => (await getOrder(shopper))[0]?.status === 'paid');
  await until('the cart is updated', async () => (await checkout.cartCache.get(shopper)).length === 0);
  expect((await pay(shopper)).body.order).toMatchObject({ id: open?.id, status: 'paid' });
  expect(stripe.books.charges(open?.payment_id ?? '')).toBe(1);
});

it('the method test is refused where it is not offered', async () => {
  const { status, body } = await checkout.checkOut(await newShopper(), { method: 'test', token: 'approve' });
  expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
});
