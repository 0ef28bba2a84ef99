import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
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
const services = ['gateway', 'inventory', 'checkout'] as const;

/** The bytes of a request as they are, and the bytes of what came back. */
async function raw(lines: readonly string[], port = shop.ports.gateway): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write([...lines, '', ''].join('\r\n'));
  return text(socket).catch(() => 'cut');
}

/** As fetch does, without what fetch adds or unpacks. */
async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET', port = shop.ports.gateway) {
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, method, headers }, resolve).once('error', reject).end();
  });
  return { status: res.statusCode, headers: res.headers, body: await buffer(res) };
}

describe('every response is a problem', () => {
  it.each<[string, RegExp, string[]]>([
    ['an unknown expectation', /417/, ['GET /Cart HTTP/1.1', 'Host: a', 'Expect: x', 'Connection: close']],
    ['no Host', /400/, ['GET /Cart HTTP/1.1', 'Connection: close']],
    ['two Hosts', /400/, ['GET /Cart HTTP/1.1', 'Host: a', 'Host: b', 'Connection: close']],
    ['CONNECT', /501/, ['CONNECT a:443 HTTP/1.1', 'Host: a:443']],
    ['HTTP/1.0 in chunks', /400/, ['POST /Cart/Item HTTP/1.0', 'Transfer-Encoding: chunked', '', '0']],
    [
      'an unknown transfer coding',
      /501/,
      ['POST /Cart HTTP/1.1', 'Host: a', 'Transfer-Encoding: br, chunked', '', '0'],
    ],
    ['an unknown method', /501/, ['BREW /Cart HTTP/1.1', 'Host: a']],
  ])('to %s, at every service', async (_what, status, lines) => {
    for (const service of services) {
      const response = await raw(lines, shop.ports[service]);
      const [head = '', body = ''] = response.split('\r\n\r\n');
      expect([service, head.slice(9, 12)]).toEqual([service, expect.stringMatching(status)]);
      expect(head).toMatch(/^content-type: application\/problem\+json/im);
      expect(JSON.parse(body)).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
      expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    }
  });

  it('and is counted', async () => {
    for (const service of services) {
      const metrics = await (await fetch(`http://127.0.0.1:${shop.ports[service]}/metrics`)).text();
      for (const status of [400, 417, 501]) {
        expect(metrics).toMatch(new RegExp(`^http_request_duration_seconds_count\\{.*status="${status}"`, 'm'));
      }
    }
  });
});

describe('the methods of a path', () => {
  it.each([
    ['/Cart', 'gateway', 'DELETE, GET, HEAD, OPTIONS'],
    ['/Cart', 'inventory', 'DELETE, GET, HEAD, OPTIONS'],
    ['/Cart/Item', 'gateway', 'OPTIONS, POST'],
    ['/Cart/Item/x', 'inventory', 'DELETE, OPTIONS, PATCH'],
    ['/Cart/checkout', 'gateway', 'GET, HEAD, OPTIONS, PATCH'],
    ['/Cart/checkout', 'checkout', 'GET, HEAD, OPTIONS, PATCH'],
    ['/orders/x', 'gateway', 'GET, HEAD, OPTIONS'],
    ['/auth/guest', 'gateway', 'OPTIONS, POST'],
    ['/auth/me', 'gateway', 'DELETE, GET, HEAD, OPTIONS'],
    ['/openapi.json', 'gateway', 'GET, HEAD, OPTIONS'],
    ['/inventory/items', 'gateway', 'GET, HEAD, OPTIONS'],
    ['/livez', 'checkout', 'GET, HEAD, OPTIONS'],
  ] as const)('%s of %s are listed in Allow, in a 405 and in the response to OPTIONS', async (path, service, allow) => {
    for (const [method, status] of [
      ['PUT', 405],
      ['TRACE', 405],
      ['PROPFIND', 405],
      ['OPTIONS', 204],
    ] as const) {
      const response = await ask(path, {}, method, shop.ports[service]);
      expect([method, response.status, response.headers.allow]).toEqual([method, status, allow]);
    }
  });

  it.each([
    '/Cart/',
    '/Cart;a=1',
    '/Cart.json',
    '/C%61rt',
    '/inventory/items/',
    '/orders/',
    '/openapi.json/',
    '/docs/',
  ])('do not exist for %s, which no document has', async (path) => {
    for (const method of ['GET', 'PUT', 'OPTIONS'])
      expect([method, (await ask(path, {}, method)).status]).toEqual([method, 404]);
  });
});

describe('a page of the store', () => {
  const from = () => ({ origin: shop.url });
  const readable = (headers: IncomingMessage['headers']) => [
    headers['access-control-allow-origin'],
    headers['access-control-expose-headers']?.includes('Retry-After'),
  ];

  it.each([
    ['GET', '/Cart', 401],
    ['PUT', '/Cart', 405],
    ['GET', '/nothing', 404],
    ['GET', '/Cart//x', 404],
    ['OPTIONS', '/Cart', 204],
    ['POST', '/auth/register', 400],
  ])('can read the response to %s %s, a %i', async (method, path, status) => {
    const response = await ask(path, from(), method);
    expect([response.status, ...readable(response.headers)]).toEqual([status, shop.url, true]);
    expect(response.headers.vary).toMatch(/Origin/);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('can read that its body is too large', async () => {
    const response = await raw([
      'POST /auth/guest HTTP/1.1',
      'Host: a',
      `Origin: ${shop.url}`,
      'Content-Type: application/json',
      'Content-Length: 70000',
    ]);
    expect(response).toMatch(/^HTTP\/1\.1 413 /);
    expect(response).toContain(`Access-Control-Allow-Origin: ${shop.url}\r\n`);
  });

  it('can read that its headers are too large', async () => {
    const response = await raw(['GET /Cart HTTP/1.1', 'Host: a', `Origin: ${shop.url}`, `X: ${'x'.repeat(20_000)}`]);
    expect(response).toMatch(/^HTTP\/1\.1 431 /);
    expect(response).toContain('Access-Control-Allow-Origin: *\r\n');
  });

  it.each(['/Cart/Item', '/orders', '/auth/login', '/inventory/items', '/nothing'])(
    'may send to %s what clients send, and its preflight counts against no limit',
    async (path) => {
      const { status, headers } = await ask(
        path,
        { ...from(), 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
        'OPTIONS',
      );
      expect(status).toBe(204);
      for (const name of ['Authorization', 'Content-Type', 'Idempotency-Key', 'traceparent', 'X-Request-Id']) {
        expect(headers['access-control-allow-headers']?.split(', ')).toContain(name);
      }
      expect(headers.ratelimit).toBeUndefined();
    },
  );
});

describe('what is public', () => {
  const paths = [
    '/inventory/items',
    `/inventory/items/${mug}`,
    `/inventory/items/${mug}/picture.svg`,
    '/openapi.json',
    '/docs',
    '/docs/docs.css',
    '/docs/swagger-ui-bundle.js',
    '/.well-known/jwks.json',
  ];

  it.each(paths)('at %s has a strong ETag for each coding, and is kept for a minute at most', async (path) => {
    const plain = await ask(path);
    const tags = new Set([plain.headers.etag]);
    expect(plain.headers.etag).toMatch(/^"[^"]+"$/);
    const [, maxAge] = /^public, max-age=(\d+)$/.exec(String(plain.headers['cache-control'])) ?? [];
    expect(Number(maxAge)).toBeGreaterThan(0);
    expect(Number(maxAge)).toBeLessThanOrEqual(60);
    expect(plain.headers.vary).toMatch(/Accept-Encoding/);
    for (const [coding, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const packed = await ask(path, { 'accept-encoding': coding });
      if (plain.body.length < 1024) {
        expect(packed.headers['content-encoding']).toBeUndefined();
        continue;
      }
      expect(packed.headers['content-encoding']).toBe(coding);
      expect(unpack(packed.body).equals(plain.body)).toBe(true);
      expect(packed.headers['content-length']).toBe(String(packed.body.length));
      tags.add(packed.headers.etag);
      const again = await ask(path, { 'accept-encoding': coding, 'if-none-match': String(packed.headers.etag) });
      expect([again.status, again.headers.etag]).toEqual([304, packed.headers.etag]);
    }
    expect(tags.size).toBe(plain.body.length < 1024 ? 1 : 3);
  });

  it.each<[string, (etag: string) => string, number]>([
    ['the ETag', (etag) => etag, 304],
    ['a list with it', (etag) => `"a,b", ${etag}`, 304],
    ['the weak form of it', (etag) => `W/${etag}`, 304],
    ['anything', () => '*', 304],
    ['another one', () => '"another"', 200],
    ['it without quotes', (etag) => etag.replaceAll('"', ''), 200],
  ])('is not sent again when If-None-Match is %s', async (_what, header, status) => {
    const { headers } = await ask('/openapi.json');
    const response = await ask('/openapi.json', { 'if-none-match': header(String(headers.etag)) });
    expect([response.status, response.body.length > 0]).toEqual([status, status === 200]);
    if (status === 304) {
      for (const name of ['etag', 'cache-control', 'vary']) expect(response.headers[name]).toBe(headers[name]);
    }
  });

  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['*', 'br'],
    ['identity', undefined],
    ['deflate', undefined],
    ['', undefined],
  ])('is coded for Accept-Encoding %p as %p', async (accepted, coding) => {
    const { headers } = await ask('/openapi.json', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(coding);
  });

  it('has the same headers for HEAD, ignores ranges, and fails an If-Match that does not hold', async () => {
    const [get, head] = [await ask('/openapi.json'), await ask('/openapi.json', {}, 'HEAD')];
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'vary']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
    expect(head.body).toHaveLength(0);
    expect((await ask('/openapi.json', { range: 'bytes=0-1' })).status).toBe(200);
    expect((await ask('/openapi.json', { 'if-match': '"x"' })).status).toBe(412);
    expect((await ask('/openapi.json', { 'if-match': String(get.headers.etag) })).status).toBe(200);
  });

  it('is the response to a token that is not valid too', async () => {
    for (const path of paths) expect((await ask(path, { authorization: 'Bearer x' })).status).toBe(200);
  });
});

it.each([
  // The version of the cart, for If-Match.
  ['/Cart', expect.stringMatching(/^"[^"]+"$/)],
  ['/orders', undefined],
  ['/auth/me', undefined],
])('a personal response, as of %s, is kept by no cache', async (path, etag) => {
  const { headers } = await ask(path, { authorization: `Bearer ${guest.token}`, 'accept-encoding': 'br' });
  expect([headers['cache-control'], headers.etag, headers['content-encoding']]).toEqual(['no-store', etag, undefined]);
});

describe('100 Continue', () => {
  const start = ['POST /Cart/Item HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Content-Type: application/json'];

  it('is not sent to a client whose headers are refused', async () => {
    expect(await raw([...start, 'Content-Length: 30'])).toMatch(/^HTTP\/1\.1 401 /);
    const authorization = `Authorization: Bearer ${guest.token}`;
    expect(await raw([...start, authorization, 'Content-Length: 70000'])).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is sent to a client whose headers are accepted', async () => {
    const body = JSON.stringify({ id: mug });
    const socket = connect(shop.ports.gateway, '127.0.0.1');
    const lines = [...start, `Authorization: Bearer ${guest.token}`, `Content-Length: ${body.length}`];
    socket.write([...lines, '', ''].join('\r\n'));
    const [first] = (await new Promise((resolve) => socket.once('data', (data) => resolve([data])))) as [Buffer];
    expect(String(first)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(body);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 /);
  });
});

it('clients that send a body slowly delay no other request, to checkout or to the catalogue', async () => {
  const slow: Socket[] = [];
  const hold = (line: string) => {
    const socket = connect(shop.ports.gateway, '127.0.0.1').on('error', () => undefined);
    const lines = ['Host: a', `Origin: ${shop.url}`, `Authorization: Bearer ${guest.token}`];
    socket.write([line, ...lines, 'Content-Type: application/json', 'Content-Length: 60000', '', '{'].join('\r\n'));
    slow.push(socket);
  };
  for (let n = 0; n < 350; n += 1) {
    hold('GET /inventory/items HTTP/1.1');
    hold('PATCH /Cart/checkout HTTP/1.1');
  }
  await guest.add(mug);
  const other = await newGuest(shop.url);
  await other.add(mug);
  expect((await other.pay('approve')).status).toBe(200);
  expect((await send(shop.url, 'GET', '/inventory/items')).status).toBe(200);
  expect(slow.filter(({ writable }) => writable).length).toBe(700);
  for (const socket of slow) socket.destroy();
});
