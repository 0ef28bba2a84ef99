import { assembleService, createLogger, type User } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { CheckoutOutcomeUnknownError, OutOfStockError } from '../domain/checkout-errors';
import type { PlaceOrder } from '../domain/place-order';
import { checkoutRoutes } from './checkout.routes';

const origin = 'http://localhost:3000';
const user = { id: 'u-1', scopes: new Set(['checkout']) } as Partial<User> as User;
const placeOrder = jest.fn<ReturnType<PlaceOrder>, Parameters<PlaceOrder>>();
let server: LocalServer;
beforeAll(async () => {
  const routes = checkoutRoutes({
    placeOrder,
    quoteCart: jest.fn(),
    paymentMethods: ['test'],
    firstPartyOrigins: [origin],
    verifyAccessToken: () => Promise.resolve(user),
    revocations: { isStale: () => false },
  });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());

const checkOut = () =>
  request(server.url)
    .patch('/Cart/checkout')
    .set({ Authorization: 'Bearer token', Origin: origin })
    .send({ payment: { method: 'test', token: 'approve' } });

it('a checkout with an unknown outcome names the order, and says when to retry', async () => {
  placeOrder.mockRejectedValue(new CheckoutOutcomeUnknownError(new Error('no response'), 'order-1'));
  const { status, body, headers } = await checkOut();
  expect([status, headers['retry-after']]).toEqual([503, '5']);
  expect(body).toMatchObject({
    code: 'CHECKOUT_OUTCOME_UNKNOWN',
    detail: expect.stringContaining('not known yet'),
    orderId: 'order-1',
  });
});

it('a checkout with an unknown outcome names no order before its payment begins', async () => {
  placeOrder.mockRejectedValue(new CheckoutOutcomeUnknownError(new Error('no response')));
  const { status, body } = await checkOut();
  expect(status).toBe(503);
  expect(body).not.toHaveProperty('orderId');
});

it('a rejected checkout responds with the reason', async () => {
  placeOrder.mockRejectedValue(new OutOfStockError([{ id: 'mug', requested: 2, available: 1 }]));
  const { status, body } = await checkOut();
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'OUT_OF_STOCK', lines: [{ id: 'mug', requested: 2, available: 1 }] });
});
