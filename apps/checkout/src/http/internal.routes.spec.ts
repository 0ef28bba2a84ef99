import { assembleService, createLogger, createServiceTokens } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { internalRoutes } from './internal.routes';

const secrets = new Map([
  ['gateway:checkout', 'g'.repeat(32)],
  ['checkout:inventory', 'c'.repeat(32)],
]);
const moveOrders = jest.fn(() => Promise.resolve({ moved: 1, pending: false }));
let server: LocalServer;
beforeAll(async () => {
  const routes = internalRoutes({ moveOrders, serviceSecrets: secrets });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());
beforeEach(() => moveOrders.mockClear());

const guest = `g-${'a'.repeat(22)}`;
const user = `u-${'b'.repeat(22)}`;
const token = createServiceTokens(secrets, 'gateway').tokenFor('checkout');
const move = (body: unknown, authorization?: string) => {
  const asked = request(server.url)
    .post('/internal/orders/move')
    .send(body as object);
  return authorization === undefined ? asked : asked.set('Authorization', authorization);
};

it('the gateway has a guest’s orders moved', async () => {
  const { status, body } = await move({ from: guest, to: user }, `Bearer ${token}`);
  expect([status, body]).toEqual([200, { moved: 1, pending: false }]);
  expect(moveOrders).toHaveBeenCalledWith(guest, user);
});

it.each([
  ['nobody', undefined],
  ['a user', 'Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln'],
  ['another service', `Bearer ${createServiceTokens(secrets, 'checkout').tokenFor('inventory')}`],
])('%s has nothing moved', async (_who, authorization) => {
  expect((await move({ from: guest, to: user }, authorization)).status).toBe(401);
  expect(moveOrders).not.toHaveBeenCalled();
});

it.each([
  {},
  { from: user, to: user },
  { from: guest, to: guest },
  { from: guest, to: `${user}x` },
  { from: guest, to: user, more: 1 },
])('%j is no move', async (body) => {
  expect((await move(body, `Bearer ${token}`)).status).toBe(400);
  expect(moveOrders).not.toHaveBeenCalled();
});
