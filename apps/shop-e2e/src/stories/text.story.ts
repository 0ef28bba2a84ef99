import type { Stack } from '@badger-store/stack';
import { newGuest, send, type StoreResponse, type Customer } from '../support/customer';
import { openSharedShop } from '../support/shop';

let shop: Stack;
let guest: Customer;
beforeAll(async () => {
  shop = await openSharedShop();
  guest = await newGuest(shop.url);
});

const expectProblem = ({ status, headers, body }: StoreResponse, code: string) => {
  expect([status, body.code]).toEqual([400, code]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
};

describe('a NUL character or a lone surrogate', () => {
  it.each([
    '/inventory/items?search=%00',
    '/inventory/items?category=a%00b',
    '/inventory/items?cursor=%00',
    '/inventory/items?ids=%00',
    '/inventory/items?unknown=%00',
    '/inventory/items?%00=1',
    '/inventory/items/%00',
    '/inventory/items/badger%00mug/picture.svg',
    '/orders?status=%00',
    '/orders/%00',
    '/auth/me?a=%00',
    '/openapi.json?a=%00',
    '/Cart/Item/%00',
  ])('gets a 400 response in %s', async (path) => {
    expectProblem(await guest.send('GET', path), 'INVALID_REQUEST');
  });

  const inEveryBody = (text: string) =>
    [
      ['POST', '/auth/guest', `{"refreshIn":"${text}"}`],
      ['POST', '/auth/guest', `{"${text}":1}`],
      ['POST', '/auth/login', `{"email":"a${text}@store.example","password":"any"}`],
      ['POST', '/auth/login', `{"email":"a@store.example","password":"${text}"}`],
      ['POST', '/auth/register', `{"email":"a@store.example","password":"four badgers in a ${text}"}`],
      ['POST', '/auth/refresh', `{"refreshToken":"${text}"}`],
      ['POST', '/auth/password', `{"currentPassword":"${text}","newPassword":"four badgers in a sett"}`],
      ['DELETE', '/auth/me', `{"password":"${text}"}`],
      ['POST', '/Cart/Item', `{"id":"${text}"}`],
      ['POST', '/Cart/Item', `{"id":"badger-enamel-mug","more":{"deep":["${text}"]}}`],
      ['PATCH', '/Cart/Item/badger-enamel-mug', `{"quantity":1,"${text}":1}`],
      ['PATCH', '/Cart/checkout', `{"payment":{"method":"invoice","token":"${text}"}}`],
    ] as const;
  it.each([...inEveryBody('\\u0000'), ...inEveryBody('\\ud83e'), ...inEveryBody('\\udda1\\ud83e')])(
    'gets a 400 response by %s %s with %s',
    async (method, path, body) => {
      expectProblem(await guest.send(method, path, body, { origin: shop.url }), 'INVALID_REQUEST');
    },
  );
});

it.each(['%', '%zz', '100%', '%ff', '%c0%80', '%ed%a0%80'])(
  '%s, which is not UTF-8, gets a 400 response',
  async (text) => {
    expectProblem(await send(shop.url, 'GET', `/inventory/items?search=${text}`), 'BAD_REQUEST');
    expectProblem(await send(shop.url, 'GET', `/inventory/items/${text}`), 'BAD_REQUEST');
  },
);

it.each(['%07', '%0a', '%7f', '%c2%85', '%e2%80%a8'])('the control character %s gets a 400 response', async (text) => {
  expectProblem(await send(shop.url, 'GET', `/inventory/items?search=a${text}b`), 'INVALID_REQUEST');
});

it.each(['0x10', '1e1', '%205', '%2b5', '5%20', '1.0', '%EF%BC%95', '', '5&limit=5'])(
  'limit=%s, which is not in decimal digits, gets a 400 response',
  async (limit) => {
    for (const path of ['/inventory/items', '/orders']) {
      expectProblem(await guest.send('GET', `${path}?limit=${limit}`), 'INVALID_REQUEST');
    }
  },
);

it.each(['null', '[]', '7', '"text"', 'true'])(
  'the body %s gets a 400 response with what was expected',
  async (body) => {
    for (const [method, path] of [
      ['POST', '/auth/guest'],
      ['POST', '/auth/login'],
      ['POST', '/auth/refresh'],
      ['POST', '/Cart/Item'],
      ['PATCH', '/Cart/checkout'],
    ] as const) {
      const response = await guest.send(method, path, body, { origin: shop.url });
      expectProblem(response, 'INVALID_REQUEST');
      expect(response.body.errors?.[0]?.message).toMatch(/expected object, received/);
    }
  },
);

it('an address with more than 64 octets before the @ gets a 400 response', async () => {
  const register = (name: string) =>
    send(shop.url, 'POST', '/auth/register', { email: `${name}@store.example`, password: 'four badgers in a sett' });
  expectProblem(await register('a'.repeat(65)), 'INVALID_REQUEST');
  expect((await register('a'.repeat(64))).status).toBe(201);
});

it('every cursor of the catalogue is taken back, and none that was changed', async () => {
  const seen = new Set<string>();
  for (let cursor = ''; ;) {
    const { status, body } = await send(shop.url, 'GET', `/inventory/items?limit=3${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    for (const { id } of body.items ?? []) seen.add(id);
    if (body.nextCursor === null) break;
    cursor = String(body.nextCursor);
    for (const changed of [cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, cursor.replace(/.$/, '-')]) {
      if (changed !== cursor)
        expectProblem(await send(shop.url, 'GET', `/inventory/items?cursor=${changed}`), 'INVALID_REQUEST');
    }
  }
  const { body } = await send(shop.url, 'GET', '/inventory/items?limit=100');
  expect([...seen]).toEqual(body.items?.map(({ id }) => id));
});

it('an invoice has the reference that a customer types', async () => {
  for (const token of ['می\u200cخواهم', '👩\u200d👧 O’Brien-Dachs', '🦡'.repeat(64)]) {
    await guest.add('badger-enamel-mug');
    const body = { payment: { method: 'invoice', token } };
    expect((await guest.send('PATCH', '/Cart/checkout', body, { origin: shop.url })).status).toBe(200);
  }
});
