import { createPublicKey, generateKeyPairSync, sign as signBytes, createHmac, type JsonWebKey } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
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
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const getParts = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];

/** The bytes of a request as they are, and the bytes of what came back. */
async function raw(lines: readonly string[], body = '', port = shop.ports.gateway): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write([...lines, '', body].join('\r\n'));
  return text(socket).catch(() => 'cut');
}
const readStatus = (response: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(response)?.[1]);

describe('a forged token, at the gateway and at the services behind it,', () => {
  const { privateKey: foreign } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const es256 = (input: string) =>
    signBytes('sha256', Buffer.from(input), { key: foreign, dsaEncoding: 'ieee-p1363' }).toString('base64url');

  async function forgeries(): Promise<Record<string, string>> {
    const [header, claims] = getParts(guest.token);
    const { body } = await send(shop.url, 'GET', '/.well-known/jwks.json');
    const [jwk] = body.keys as JsonWebKey[];
    const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const signed = (head: object, sign: (input: string) => string, content: object = claims) => {
      const input = `${encode(head)}.${encode(content)}`;
      return `${input}.${sign(input)}`;
    };
    const [, , signature = ''] = guest.token.split('.');
    return {
      'alg none': signed({ ...header, alg: 'none' }, () => ''),
      'HS256 with the public key': signed({ ...header, alg: 'HS256' }, (input) =>
        createHmac('sha256', String(pem)).update(input).digest('base64url'),
      ),
      'a foreign key under our kid': signed(header, es256),
      'a path as kid': signed({ ...header, kid: '../../../../dev/null' }, es256),
      'a key of its own': signed({ ...header, jwk: foreign.export({ format: 'jwk' }) }, es256),
      'a key from elsewhere': signed({ ...header, jku: 'http://127.0.0.1:1/jwks.json', kid: 'theirs' }, es256),
      'another subject': signed(header, () => signature, { ...claims, sub: 'u-other' }),
      'a longer life': signed(header, () => signature, { ...claims, exp: 4102444800 }),
      'more scopes': signed(header, () => signature, { ...claims, scope: 'cart orders:read checkout admin' }),
    };
  }

  it('is refused', async () => {
    for (const [what, token] of Object.entries(await forgeries())) {
      for (const [port, path] of [
        [shop.ports.gateway, '/Cart'],
        [shop.ports.inventory, '/Cart'],
        [shop.ports.checkout, '/orders'],
      ] as const) {
        const url = `http://127.0.0.1:${port}`;
        const { status } = await send(url, 'GET', path, undefined, { authorization: `Bearer ${token}` });
        expect([what, path, status]).toEqual([what, path, 401]);
      }
    }
  });
});

describe('the way to the internal routes', () => {
  it.each([
    '/internal/guest-migrations',
    '//internal/guest-migrations',
    '/Cart/../internal/guest-migrations',
    '/Cart/%2e%2e/internal/guest-migrations',
    '/Cart/%2E%2E%2Finternal%2Fguest-migrations',
    '/orders/..%2finternal%2fguest-migrations',
    '/orders/..;/internal/guest-migrations',
    '/orders\\..\\internal\\guest-migrations',
    '/INTERNAL/guest-migrations',
    '/./internal/guest-migrations',
    '/inventory/items/../../internal/guest-migrations',
    'http://127.0.0.1/internal/guest-migrations',
    '/auth/../internal/guest-migrations',
    '/docs/../internal/guest-migrations',
    '/metrics/../internal/guest-migrations',
  ])('%s leads nowhere', async (path) => {
    const body = JSON.stringify({ guestId: guest.id, userId: `u-${'a'.repeat(22)}` });
    const lines = [`POST ${path} HTTP/1.1`, 'Host: store', 'Connection: close', `Authorization: Bearer ${guest.token}`];
    lines.push('Content-Type: application/json', `Content-Length: ${body.length}`);
    expect([400, 404]).toContain(readStatus(await raw(lines, body)));
  });

  it('is closed at the service itself for the token of a customer', async () => {
    const checkout = `http://127.0.0.1:${shop.ports.checkout}`;
    const body = { guestId: guest.id, userId: `u-${'a'.repeat(22)}` };
    const authorization = `Bearer ${guest.token}`;
    expect((await send(checkout, 'POST', '/internal/guest-migrations', body, { authorization })).status).toBe(401);
    expect((await send(checkout, 'POST', '/internal/guest-migrations', body)).status).toBe(401);
  });
});

describe('a request in a wrong form', () => {
  const start = ['POST /Cart/Item HTTP/1.1', 'Host: store'];

  it.each<[string, string[], string]>([
    [
      'with both lengths',
      ['Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /internal HTTP/1.1\r\n\r\n',
    ],
    ['with two lengths', ['Content-Length: 4', 'Content-Length: 40'], 'abcd'],
    ['with a transfer coding that is none', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['with chunked written twice', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'],
    ['with a space before the colon', ['Content-Length : 4'], 'abcd'],
    ['with a folded line', ['X-One: 1', ' two'], ''],
    ['with a bare line feed', ['X-One: 1\nX-Two: 2'], ''],
    ['with a NUL', ['X-One: a\0b'], ''],
  ])('%s is refused and the connection ended, with a problem', async (_what, lines, body) => {
    const response = await raw([...start, ...lines], body);
    expect(readStatus(response)).toBe(400);
    expect(response).toMatch(/application\/problem\+json/);
    expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('with headers of 64 KiB gets a 431 response', async () => {
    expect(readStatus(await raw([...start, `X-Bomb: ${'x'.repeat(64 * 1024)}`]))).toBe(431);
    const many = Array.from({ length: 4000 }, (_, n) => `X-Bomb-${n}: 1`);
    expect(readStatus(await raw([...start, ...many]))).toBe(431);
  });

  it('with JSON of a great depth is refused, and the service goes on', async () => {
    for (const body of ['['.repeat(60_000), `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`]) {
      expect((await guest.send('POST', '/Cart/Item', body)).status).toBe(400);
      const credentials = await send(shop.url, 'POST', '/auth/login', body);
      expect(credentials.status).toBe(400);
    }
    expect((await guest.add(mug)).status).toBe(201);
  });

  it('that is compressed is not unpacked', async () => {
    const { status } = await guest.send('POST', '/Cart/Item', `{"id":"${mug}"}`, { 'content-encoding': 'gzip' });
    expect([400, 415]).toContain(status);
  });
});

describe('a page of another site', () => {
  const near = () => [
    'https://evil.example',
    'null',
    `${shop.url}.evil.example`,
    shop.url.replace('127.0.0.1', '127.0.0.10'),
    shop.url.replace('http:', 'https:'),
    `${shop.url}/`,
    shop.url.toUpperCase(),
    `http://evil.example/${shop.url}`,
  ];

  it('is not let read what is a customer’s', async () => {
    for (const origin of near()) {
      for (const path of ['/Cart', '/orders', '/auth/me']) {
        const { headers } = await guest.send('GET', path, undefined, { origin });
        expect([origin, headers.get('access-control-allow-origin')]).toEqual([origin, null]);
        expect(headers.get('access-control-allow-credentials')).toBeNull();
      }
      const asked = {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization',
      };
      const preflight = await send(shop.url, 'OPTIONS', '/Cart/checkout', undefined, asked);
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
      expect(preflight.headers.get('access-control-allow-methods')).toBeNull();
    }
  });

  it('may read the catalogue, without credentials', async () => {
    const { headers } = await send(shop.url, 'GET', '/inventory/items', undefined, { origin: 'https://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('that is first-party may read a response with credentials', async () => {
    const { headers } = await guest.send('GET', '/Cart', undefined, { origin: shop.url });
    expect(headers.get('access-control-allow-origin')).toBe(shop.url);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('vary')).toMatch(/Origin/);
  });

  it('cannot check out from an origin that resembles a first-party origin', async () => {
    await guest.add(mug);
    for (const origin of near()) {
      const body = { payment: { method: 'test', token: 'approve' } };
      const { status } = await guest.send('PATCH', '/Cart/checkout', body, { origin });
      expect([origin, status]).toEqual([origin, 403]);
    }
  });
});

describe('the response to too many', () => {
  it('tells the limits in every response, as the IETF draft has it', async () => {
    const { headers } = await guest.send('GET', '/Cart');
    expect(headers.get('ratelimit-policy')).toMatch(/^"address"; q=\d+; w=60; pk=:[^:]+:, "session"; q=\d+; w=60; pk=/);
    expect(headers.get('ratelimit')).toMatch(/^"address"; r=\d+; t=\d+, "session"; r=\d+; t=\d+$/);
  });
});
