import { request } from 'node:http';
import type { Stack } from '@badger-store/stack';
import { newGuest, send, type Customer } from '../support/customer';
import { openSharedShop } from '../support/shop';

let shop: Stack;
let guest: Customer;
beforeAll(async () => {
  shop = await openSharedShop();
  guest = await newGuest(shop.url);
});

const mug = 'badger-enamel-mug';

describe('a request without a valid token', () => {
  it.each(['/Cart', '/orders', '/auth/me', '/orders/8f8f0f8a-0000-4000-8000-000000000000'])(
    'to %s gets a 401 response',
    async (path) => {
      for (const authorization of [
        '',
        'Bearer',
        'Bearer x',
        'Basic eDp5',
        `Bearer ${guest.token}x`,
        `Bearer ${guest.token.slice(0, -9)}`,
      ]) {
        const { status, headers, body } = await send(
          shop.url,
          'GET',
          path,
          undefined,
          authorization ? { authorization } : {},
        );
        expect([authorization, status]).toEqual([authorization, 401]);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(body).toMatchObject({
          type: expect.any(String),
          title: expect.any(String),
          status: 401,
          detail: expect.any(String),
        });
        expect(body.requestId).toBe(headers.get('x-request-id'));
      }
    },
  );

  it('is unauthenticated when a header names a user or the URL has a token', async () => {
    const identityHeaders = { 'x-user-id': guest.id, 'x-user-token': guest.id, 'x-forwarded-user': guest.id };
    expect((await send(shop.url, 'GET', '/Cart', undefined, identityHeaders)).status).toBe(401);
    expect((await send(shop.url, 'GET', `/Cart?userToken=${guest.token}&access_token=${guest.token}`)).status).toBe(
      401,
    );
  });

  it('is refused by the services themselves too', async () => {
    const inventory = new URL(shop.url);
    inventory.port = String(shop.ports.inventory);
    expect((await send(inventory.origin, 'GET', '/Cart')).status).toBe(401);
    inventory.port = String(shop.ports.checkout);
    expect((await send(inventory.origin, 'GET', '/orders')).status).toBe(401);
  });
});

describe('a quantity of', () => {
  it.each([
    [0, 400],
    [-1, 400],
    [1.5, 400],
    ['2', 400],
    [null, 400],
    [true, 400],
    [[1], 400],
    [1000, 422],
    [1e9, 422],
    [1e300, 422],
  ])('%j gets a %i response when it is added, and changes nothing', async (quantity, expected) => {
    const { status, body, headers } = await guest.send('POST', '/Cart/Item', { id: mug, quantity });
    expect(status).toBe(expected);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    if (expected === 400) expect(body.errors).toEqual([{ path: 'quantity', message: expect.any(String) }]);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });

  it.each([-1, 0.5, '0', null, undefined])('%j gets a 400 response when it is set', async (quantity) => {
    expect((await guest.send('PATCH', `/Cart/Item/${mug}`, { quantity })).status).toBe(400);
  });
});

describe('a body', () => {
  const raw = (body: string, headers: Record<string, string> = {}) => guest.send('POST', '/Cart/Item', body, headers);

  it.each(['{"id":', '"text"', 'null', '[]', '', '{"id":"badger-enamel-mug"'])(
    'of %j gets a 400 response',
    async (body) => {
      expect((await raw(body)).status).toBe(400);
    },
  );

  it('of 100 KiB gets a 413 response', async () => {
    const { status, body } = await raw(JSON.stringify({ id: mug, note: 'x'.repeat(100 * 1024) }));
    expect([status, body.status]).toEqual([413, 413]);
  });

  it('of 100 KiB sent in chunks gets a 413 response', async () => {
    const { port } = new URL(shop.url);
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${guest.token}`, 'content-type': 'application/json' };
      const sending = request({ host: '127.0.0.1', port, method: 'POST', path: '/Cart/Item', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.once('error', reject);
      for (let i = 0; i < 100; i += 1) sending.write(' '.repeat(1024));
      sending.end('{}');
    });
    expect(status).toBe(413);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-seq', 'text/html;application/json'])(
    'of type %s gets a 415 response',
    async (type) => {
      expect((await raw('{"id":"badger-enamel-mug"}', { 'content-type': type })).status).toBe(415);
    },
  );

  it.each([
    '{"__proto__":{"id":"badger-enamel-mug"},"id":"badger-enamel-mug"}',
    '{"id":"__proto__"}',
    '{"id":"badger-enamel-mug","constructor":{"prototype":{}}}',
    '{"id":{"$ne":null}}',
    '{"id":"../../orders"}',
    '{"id":"#next"}',
    '{"id":"a b"}',
    '{"id":""}',
    '{}',
  ])('%s gets a 400 response and changes nothing', async (body) => {
    expect((await raw(body)).status).toBe(400);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });

  it('that names an unknown item gets a 404 response', async () => {
    expect((await raw('{"id":"a-honey-badger"}')).status).toBe(404);
  });

  it.each([
    {},
    { payment: null },
    { payment: { method: 'test' } },
    { payment: { method: 'test', token: 'free' } },
    { payment: { method: 'paypal', token: 'approve' } },
    { payment: { method: 'test', token: 'approve' }, total: 1 },
  ])('%j is no payment', async (body) => {
    await guest.send('DELETE', '/Cart');
    const { status, body: problem } = await guest.send('PATCH', '/Cart/checkout', body, { origin: shop.url });
    expect([status, problem.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('an address', () => {
  it.each([
    '/nothing',
    '/cart',
    '/CART',
    '/Cart/Item/a/b',
    '/metrics-of-inventory',
    '/orders/not-an-id',
    '/Cart/Item/%2e%2e%2forders',
    '/inventory/items/..%2f..%2fmetrics',
    '//Cart',
    '/inventory//items',
  ])('%s leads nowhere', async (path) => {
    const { status, headers } = await guest.send('GET', path);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});
