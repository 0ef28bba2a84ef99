import { assembleService, createLogger, signServiceToken } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import type { Stock } from '../domain/stock';
import { OutOfStockError, ReservationError } from '../domain/stock-errors';
import { addStockRoutes } from './stock.routes';

const secrets = new Map<string, [string]>([
  ['checkout:inventory', ['c'.repeat(32)]],
  ['inventory:checkout', ['i'.repeat(32)]],
  ['gateway:inventory', ['g'.repeat(32)]],
]);
const stock = {
  reserve: jest.fn<ReturnType<Stock['reserve']>, Parameters<Stock['reserve']>>(),
  commit: jest.fn<Promise<void>, [string]>(),
  release: jest.fn<Promise<void>, [string]>(),
};
let server: LocalServer;
beforeAll(async () => {
  const routes = Router({ caseSensitive: true });
  addStockRoutes(routes, stock, secrets);
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const parts = { routes, checks: {}, close: () => Promise.resolve() };
  server = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
});
afterAll(() => server.close());
beforeEach(() => {
  stock.reserve.mockReset().mockResolvedValue('held');
  stock.commit.mockReset().mockResolvedValue(undefined);
  stock.release.mockReset().mockResolvedValue(undefined);
});
const expectUntouched = () => {
  for (const call of Object.values(stock)) expect(call).not.toHaveBeenCalled();
};

const ofCheckout = `Bearer ${signServiceToken(secrets, 'checkout', 'inventory')}`;
const id = 'cfdc3c12-6fe6-48b3-8987-211690dc69c3';
const lines = [{ id: 'mug', quantity: 2 }];

interface Sent {
  readonly body?: unknown;
  readonly authorization?: string;
}
const send = (method: 'put' | 'post', path: string, { body, authorization = ofCheckout }: Sent = {}) =>
  request(server.url)
    [method](`/internal/reservations/${path}`)
    .set('Authorization', authorization)
    .send(body as object);

it('checkout can reserve, commit and release stock', async () => {
  const held = await send('put', id, { body: { lines } });
  expect([held.status, held.body]).toEqual([200, { status: 'held' }]);
  expect(stock.reserve).toHaveBeenCalledWith(id, lines);
  stock.reserve.mockResolvedValue('committed');
  expect((await send('put', id, { body: { lines } })).body).toEqual({ status: 'committed' });
  const committed = await send('post', `${id}/commit`);
  expect([committed.status, committed.body]).toEqual([200, { status: 'committed' }]);
  expect(stock.commit).toHaveBeenCalledWith(id);
  const released = await send('post', `${id}/release`);
  expect([released.status, released.body]).toEqual([200, { status: 'released' }]);
  expect(stock.release).toHaveBeenCalledWith(id);
});

it('as many as 1000 lines, with the longest of ids, are held', async () => {
  const maxLines = Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`.padStart(64, 'x'), quantity: 1_000_000 }));
  expect((await send('put', id, { body: { lines: maxLines } })).status).toBe(200);
  expect(stock.reserve).toHaveBeenCalledWith(id, maxLines);
});

const short = [{ id: 'mug', requested: 2, available: 1 }];
it.each([
  ['OUT_OF_STOCK', 409, new OutOfStockError(short), { lines: short }],
  ['RESERVATION_RELEASED', 409, new ReservationError('conflict', 'RESERVATION_RELEASED', ''), {}],
  ['RESERVATION_COMMITTED', 409, new ReservationError('conflict', 'RESERVATION_COMMITTED', ''), {}],
  ['RESERVATION_DIFFERS', 422, new ReservationError('unprocessable', 'RESERVATION_DIFFERS', ''), {}],
  ['RESERVATION_NOT_FOUND', 404, new ReservationError('not-found', 'RESERVATION_NOT_FOUND', ''), {}],
])('%s is a problem response, with %d', async (code, status, error, extensions) => {
  for (const call of Object.values(stock)) call.mockRejectedValue(error);
  const responses = [
    await send('put', id, { body: { lines } }),
    await send('post', `${id}/commit`),
    await send('post', `${id}/release`),
  ];
  for (const response of responses) {
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.body).toMatchObject({ code, status, ...extensions });
  }
});

it.each([
  ['a caller without a token', ''],
  ['a user', 'Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln'],
  ['the gateway', `Bearer ${signServiceToken(secrets, 'gateway', 'inventory')}`],
  ['inventory itself', `Bearer ${signServiceToken(secrets, 'inventory', 'checkout')}`],
  [
    'a caller with another secret',
    `Bearer ${signServiceToken(new Map([['checkout:inventory', ['x'.repeat(32)]]]), 'checkout', 'inventory')}`,
  ],
])('%s changes no stock', async (_who, authorization) => {
  const responses = [
    await send('put', id, { body: { lines }, authorization }),
    await send('put', 'nonsense', { body: {}, authorization }),
    await send('post', `${id}/commit`, { authorization }),
    await send('post', `${id}/release`, { authorization }),
  ];
  expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expectUntouched();
});

it.each<[unknown]>([
  [undefined],
  [[]],
  [{}],
  [{ lines: {} }],
  [{ lines: [] }],
  [{ lines: null }],
  [{ lines: ['mug'] }],
  [{ lines: [{ id: 'mug' }] }],
  [{ lines: [{ quantity: 1 }] }],
  [{ lines, more: 1 }],
  [{ lines: [{ id: 'mug', quantity: 1, more: 1 }] }],
  [{ lines: [{ id: '', quantity: 1 }] }],
  [{ lines: [{ id: 'a/b', quantity: 1 }] }],
  [{ lines: [{ id: "';--", quantity: 1 }] }],
  [{ lines: [{ id: 'x'.repeat(65), quantity: 1 }] }],
  [{ lines: [{ id: 7, quantity: 1 }] }],
  ...[0, -1, 1.5, 1_000_001, 2 ** 53, '1', null, true].map((quantity): [unknown] => [
    { lines: [{ id: 'mug', quantity }] },
  ]),
  [{ lines: [...lines, ...lines] }],
])('%j is no reservation', async (body) => {
  const response = await send('put', id, { body });
  expect([response.status, (response.body as { code: string }).code]).toEqual([400, 'INVALID_REQUEST']);
  expectUntouched();
});

it.each(['nonsense', '7', `${id}x`, id.replaceAll('-', ''), `${id}%00`, '%27%3B--', 'x'.repeat(200)])(
  '%s is no checkout',
  async (wrong) => {
    const responses = [
      await send('put', wrong, { body: { lines } }),
      await send('post', `${wrong}/commit`),
      await send('post', `${wrong}/release`),
    ];
    expect(responses.map(({ status }) => status)).toEqual([400, 400, 400]);
    expectUntouched();
  },
);

it('more than 1000 lines are no reservation', async () => {
  const body = { lines: Array.from({ length: 1001 }, (_, i) => ({ id: `i${i}`, quantity: 1 })) };
  expect((await send('put', id, { body })).status).toBe(400);
  expectUntouched();
});

it('a body that is malformed, of another type or too large holds nothing', async () => {
  const put = (type: string, text: string) =>
    request(server.url)
      .put(`/internal/reservations/${id}`)
      .set({ Authorization: ofCheckout, 'Content-Type': type })
      .send(text);
  expect((await put('application/json', '{"lines":[')).status).toBe(400);
  expect((await put('text/plain', JSON.stringify({ lines }))).status).toBe(415);
  const large = await put('application/json', JSON.stringify({ lines, more: 'x'.repeat(128 * 1024) }));
  expect([large.status, large.body]).toMatchObject([413, { detail: 'The body is larger than 128 KiB.' }]);
  expectUntouched();
});

it('what is not among the routes is not there', async () => {
  expect((await send('post', `${id}/Commit`)).status).toBe(404);
  for (const { status, headers } of [await send('post', id), await send('put', `${id}/commit`)]) {
    expect([status, headers.allow]).toEqual([405, expect.stringMatching(/^OPTIONS, P(OS|U)T$/)]);
  }
  expectUntouched();
});
