import { randomBytes } from 'node:crypto';
import { signServiceToken } from '@badger-store/service-kit';
import request from 'supertest';
import { startCheckoutService, type CheckoutService } from './testing/checkout-service';

let checkout: CheckoutService;
beforeAll(async () => {
  checkout = await startCheckoutService();
});
afterAll(() => checkout.stop());

const orderIds = async (id: string) => {
  const { body } = await request(checkout.url)
    .get('/orders')
    .set('Authorization', `Bearer ${checkout.userToken(id)}`);
  return (body.orders as { id: string }[]).map((order) => order.id);
};
const newGuestWithOrder = async () => {
  const guest = checkout.newId('g');
  await checkout.cartCache.add(guest, 'mug');
  const { status, body } = await checkout.checkOut(guest, { method: 'test', token: 'approve' });
  expect(status).toBe(200);
  return { guest, orderId: (body as { order: { id: string } }).order.id };
};
const migrate = (guestId: string, userId: string, token?: string) => {
  const asked = request(checkout.url).post('/internal/guest-migrations').send({ guestId, userId });
  return token === undefined ? asked : asked.set('Authorization', `Bearer ${token}`);
};

it('a guest’s order is the user’s once the gateway migrates the guest', async () => {
  const { guest, orderId } = await newGuestWithOrder();
  const user = checkout.newId('u');
  const serviceToken = signServiceToken(checkout.secrets, 'gateway', 'checkout');
  const { status, body } = await migrate(guest, user, serviceToken);
  expect([status, body]).toEqual([200, { moved: 1, pending: false }]);
  expect(await orderIds(user)).toEqual([orderId]);
  expect(await orderIds(guest)).toEqual([]);
});

it.each<[string, (guest: string, user: string) => string | undefined]>([
  ['without a token', () => undefined],
  ['with the guest’s userToken', (guest) => checkout.userToken(guest)],
  ['with the user’s userToken', (_guest, user) => checkout.userToken(user)],
  ['with a service token for another service', () => signServiceToken(checkout.secrets, 'checkout', 'inventory')],
  [
    'with a service token of another secret',
    () =>
      signServiceToken(new Map([['gateway:checkout', [randomBytes(32).toString('base64url')]]]), 'gateway', 'checkout'),
  ],
])('an order stays the guest’s when it is asked for %s', async (_how, getToken) => {
  const { guest, orderId } = await newGuestWithOrder();
  const user = checkout.newId('u');
  const { status, headers } = await migrate(guest, user, getToken(guest, user));
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBeDefined();
  expect(await orderIds(guest)).toEqual([orderId]);
  expect(await orderIds(user)).toEqual([]);
});

it('a service token opens nothing that is meant for users', async () => {
  const serviceToken = signServiceToken(checkout.secrets, 'gateway', 'checkout');
  expect((await request(checkout.url).get('/orders').set('Authorization', `Bearer ${serviceToken}`)).status).toBe(401);
});
