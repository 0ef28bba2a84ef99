import { createLogger, assembleService, type User } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { checkoutRoutes } from './http/checkout.routes';
import { orderRoutes } from './http/orders.routes';
import { Router } from 'express';

const user: User = {
  id: 'u-1',
  kind: 'user',
  sessionId: 's-1',
  scopes: new Set(['orders:read', 'checkout']),
  sessionVersion: 1,
  issuedAt: 1,
};
const origin = 'http://localhost:3000';
const placeOrder = jest.fn();
const orders = { page: jest.fn(() => Promise.resolve({ orders: [], next: undefined })), find: jest.fn() };
let isStale: boolean;
let server: LocalServer;

beforeAll(async () => {
  const parts = {
    placeOrder,
    quoteCart: jest.fn(),
    paymentMethods: ['test' as const],
    firstPartyOrigins: [origin],
    verifyAccessToken: () => Promise.resolve(user),
    revocations: { isStale: () => isStale },
  };
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const routes = Router().use(
    checkoutRoutes(parts),
    orderRoutes(orders as never, parts.verifyAccessToken, parts.revocations),
  );
  const close = () => Promise.resolve();
  server = await serveLocally(
    assembleService(config, createLogger('spec', 'silent'), { routes, checks: {}, close }).app,
  );
});
afterAll(() => server.close());

const ask = (method: 'get' | 'patch', path: string) =>
  request(server.url)[method](path).set('Authorization', 'Bearer token').set('Origin', origin);

it.each([
  ['patch', '/Cart/checkout'],
  ['get', '/Cart/checkout'],
  ['get', '/orders'],
  ['get', '/orders/3f2c9b1e-52c8-4a53-9d3a-0d3f0a3a9d10'],
] as const)('%s %s responds with 503 while it is not known who has signed out', async (method, path) => {
  isStale = true;
  const res = await ask(method, path);
  expect(res.status).toBe(503);
  expect(res.body.code).toBe('REVOCATIONS_STALE');
  expect(placeOrder).not.toHaveBeenCalled();
  expect(orders.page).not.toHaveBeenCalled();
  expect(orders.find).not.toHaveBeenCalled();
});

it('orders are served when it is known', async () => {
  isStale = false;
  expect((await ask('get', '/orders')).status).toBe(200);
});
