import { assembleService, createLogger, signServiceToken } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import type { OrderLists } from '../domain/ports';
import { internalRoutes } from './internal.routes';

const secrets = new Map<string, [string]>([
  ['gateway:checkout', ['g'.repeat(32)]],
  ['checkout:inventory', ['c'.repeat(32)]],
  ['inventory:checkout', ['i'.repeat(32)]],
]);
const migrateGuest = jest.fn(() => Promise.resolve({ moved: 1, pending: false }));
const findStatuses = jest.fn((ids: readonly string[]) =>
  Promise.resolve(ids.map((id) => ({ id, status: 'paid' as const }))),
);
const orderLists = { findStatuses } as Partial<OrderLists> as OrderLists;
let server: LocalServer;
beforeAll(async () => {
  const routes = internalRoutes(migrateGuest, orderLists, secrets);
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());
beforeEach(() => jest.clearAllMocks());

const guest = `g-${'a'.repeat(22)}`;
const user = `u-${'b'.repeat(22)}`;
const token = signServiceToken(secrets, 'gateway', 'checkout');
const migrate = (body: unknown, authorization?: string) => {
  const asked = request(server.url)
    .post('/internal/guest-migrations')
    .send(body as object);
  return authorization === undefined ? asked : asked.set('Authorization', authorization);
};

it('the gateway has a guest’s orders reassigned', async () => {
  const { status, body } = await migrate({ guestId: guest, userId: user }, `Bearer ${token}`);
  expect([status, body]).toEqual([200, { moved: 1, pending: false }]);
  expect(migrateGuest).toHaveBeenCalledWith(guest, user);
});

it.each([
  ['a caller without a token', undefined],
  ['a user', 'Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln'],
  ['another service', `Bearer ${signServiceToken(secrets, 'checkout', 'inventory')}`],
])('%s cannot reassign orders', async (_who, authorization) => {
  expect((await migrate({ guestId: guest, userId: user }, authorization)).status).toBe(401);
  expect(migrateGuest).not.toHaveBeenCalled();
});

it.each([
  {},
  { guestId: user, userId: user },
  { guestId: guest, userId: guest },
  { guestId: guest, userId: `${user}x` },
  { guestId: guest, userId: user, more: 1 },
])('%j is not a guest migration', async (body) => {
  expect((await migrate(body, `Bearer ${token}`)).status).toBe(400);
  expect(migrateGuest).not.toHaveBeenCalled();
});

describe('how orders stand', () => {
  const id = '8f8f0f8a-0000-4000-8000-000000000000';
  const getToken = (caller: string) => signServiceToken(secrets, caller, 'checkout');
  const ask = (body: unknown, caller = 'inventory') =>
    request(server.url)
      .post('/internal/orders/outcomes')
      .set('Authorization', `Bearer ${getToken(caller)}`)
      .send(body as object);

  it('is returned to inventory', async () => {
    const { status, body } = await ask({ ids: [id] });
    expect([status, body]).toEqual([200, { outcomes: [{ id, status: 'paid' }] }]);
  });

  it('is refused to every other service', async () => {
    expect((await ask({ ids: [id] }, 'gateway')).status).toBe(401);
    expect(findStatuses).not.toHaveBeenCalled();
  });

  it.each([{}, { ids: [] }, { ids: ['x'] }, { ids: Array.from({ length: 101 }, () => id) }, { ids: [id], more: 1 }])(
    'cannot be asked with %j',
    async (body) => {
      expect((await ask(body)).status).toBe(400);
      expect(findStatuses).not.toHaveBeenCalled();
    },
  );
});
