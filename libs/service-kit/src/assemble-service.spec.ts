import { once } from 'node:events';
import { connect } from 'node:net';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router, type Request } from 'express';
import request from 'supertest';
import { z } from 'zod';
import { assembleService } from './assemble-service';
import { jsonBody } from './http/json-body';
import { validate } from './http/validate';
import type { IdentifiedRequest } from './http/observe-requests';
import { createLogger } from './logger';
import { ServiceError } from './problems';

const routes = Router({ caseSensitive: true })
  .post('/echo', jsonBody, (req, res) => void res.json({ got: req.body }))
  .post('/object', jsonBody, (req, res) => void res.json(validate(z.object({ name: z.string().optional() }), req.body)))
  .get('/search', (req, res) => void res.json(validate(z.object({ q: z.string() }), req.query)))
  .get('/id', (req: Request & Partial<IdentifiedRequest>, res) => void res.json({ id: req.requestId }))
  .get('/items/:id', (_req, res) => void res.json({}))
  .get('/no-token', () => {
    throw new ServiceError('unauthenticated', 'NO_TOKEN', 'Send a userToken.');
  })
  .get('/bad-token', () => {
    throw new ServiceError('unauthenticated', 'INVALID_TOKEN', 'Not valid.');
  })
  .get('/busy', () => {
    throw new ServiceError('unavailable', 'BUSY', 'Later.', { retryAfterSeconds: 7 });
  })
  .get('/down', () => {
    throw new ServiceError('unavailable', 'DOWN', 'Later.');
  })
  .get('/too-many', () => {
    throw new ServiceError('rate-limited', 'TOO_MANY_REQUESTS', 'Later.', { retryAfterSeconds: 9 });
  })
  .get('/boom', async () => {
    throw new Error('hunter2');
  })
  .get('/half', (_req, res) => {
    res.write('half');
    throw new Error('hunter2');
  });

let server: LocalServer;
beforeAll(async () => {
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const service = assembleService(config, createLogger('spec', 'silent'), {
    routes,
    checks: {},
    close: () => Promise.resolve(),
  });
  server = await serveLocally(service.app);
});
afterAll(() => server.close());

const post = (body: string, type = 'application/json') =>
  request(server.url).post('/echo').set('Content-Type', type).send(body);

describe('a JSON body', () => {
  it.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['an array', '[1]', [1]],
    ['null', 'null', null],
    ['a number', '1', 1],
    ['a text', '"text"', 'text'],
  ])('a JSON body can be %s', async (_what, body, got) => {
    const res = await post(body, 'application/json; charset=utf-8');
    expect(res.status).toBe(200);
    expect(res.body).toEqual({ got });
  });

  it('a JSON body can be missing', async () => {
    const res = await request(server.url).post('/echo');
    expect(res.status).toBe(200);
    expect(res.body).toEqual({});
  });

  it('a JSON body is refused when it exceeds 64 KiB by one byte', async () => {
    const text = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
    expect((await post(text(65_536))).status).toBe(200);
    const res = await post(text(65_537));
    expect(res.status).toBe(413);
    expect(res.body.code).toBe('BODY_TOO_LARGE');
  });

  it.each(['{"a":', '{"a":1}}', 'nul', "'text'", 'NaN', '\uFEFF'])(
    'the body %s is refused because it is not JSON',
    async (body) => {
      const res = await post(body);
      expect(res.status).toBe(400);
      expect(res.type).toBe('application/problem+json');
      expect(res.body).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
    },
  );

  it('a JSON body with a charset other than UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const headers = { 'Content-Type': 'application/json' };
    const res = await fetch(`${server.url}/echo`, { method: 'POST', headers, body });
    expect([res.status, await res.json()]).toMatchObject([400, { code: 'MALFORMED_JSON' }]);
  });

  it.each([
    ['text/plain', 'NOT_JSON'],
    ['application/x-www-form-urlencoded', 'NOT_JSON'],
    ['application/problem+json', 'NOT_JSON'],
    ['application/json; charset=latin1', 'UNSUPPORTED_ENCODING'],
  ])('a body with the content type %s is refused', async (type, code) => {
    const res = await post('{"a":1}', type);
    expect(res.status).toBe(415);
    expect(res.body.code).toBe(code);
  });

  it('the connection closes when a body is refused before its end', async () => {
    const agent = new Agent({ keepAlive: true });
    const options = { host: '127.0.0.1', port: server.port, path: '/echo', method: 'POST', agent };
    const req = httpRequest({ ...options, headers: { 'Content-Length': '100', 'Content-Type': 'text/plain' } });
    req.write('half');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    agent.destroy();
    expect([res.statusCode, res.headers.connection]).toEqual([415, 'close']);
  });

  it.each([
    ['null', 'null'],
    ['[]', 'array'],
    ['7', 'number'],
    ['"text"', 'string'],
    ['true', 'boolean'],
  ])('the body %s is refused when the schema expects an object', async (body, type) => {
    const res = await request(server.url).post('/object').set('Content-Type', 'application/json').send(body);
    expect([res.status, res.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(res.body.errors).toEqual([{ path: '', message: `Invalid input: expected object, received ${type}` }]);
  });

  it.each([
    ['ff', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a letter of Latin-1', Buffer.from('"ä"', 'latin1')],
  ])('a JSON body with %s is refused because it is not UTF-8', async (_what, bytes) => {
    const headers = { 'content-type': 'application/json' };
    const res = await fetch(`${server.url}/echo`, { method: 'POST', headers, body: new Uint8Array(bytes) });
    expect(res.status).toBe(400);
    expect(await res.json()).toMatchObject({ code: 'MALFORMED_JSON', detail: 'The body is not UTF-8.' });
  });

  it('a body with an unknown encoding is refused', async () => {
    const res = await post('{"a":1}').set('Content-Encoding', 'x-secret');
    expect(res.status).toBe(415);
  });
});

describe('a NUL character or a lone surrogate', () => {
  const illFormed = 'must not contain a NUL character or a lone surrogate';
  const nested = `${'[{"a":'.repeat(5000)}"\\u0000"${'}]'.repeat(5000)}`;

  it.each([
    ['name', '{"name":"\\u0000"}'],
    ['name', '{"name":"badger \\ud83e"}'],
    ['name', '{"name":"\\udda1\\ud83e"}'],
    ['na\0me', '{"na\\u0000me":1}'],
    ['\ud800', '{"\\ud800":1}'],
    ['more.0.deep', '{"more":[{"deep":"\\u0000"}]}'],
    ['0', '["\\u0000"]'],
    ['', '"\\u0000"'],
  ])(
    'a NUL character or a lone surrogate at "%s" of a body is refused, and the problem names the place',
    async (path, body) => {
      const res = await request(server.url).post('/object').set('Content-Type', 'application/json').send(body);
      expect([res.status, res.body.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(res.body.errors).toEqual([{ path, message: illFormed }]);
    },
  );

  it('a lone surrogate is refused at any depth of a body', async () => {
    const res = await request(server.url).post('/object').set('Content-Type', 'application/json').send(nested);
    expect([res.status, res.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it.each(['/search?q=%00', '/search?q=a&other=%00', '/search?%00=1', '/id?q=a%00', '/items/%00', '/nothing/%00'])(
    'is refused in the URL %s, whether a route reads it or not',
    async (path) => {
      const res = await request(server.url).get(path);
      expect([res.status, res.body.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(res.body.errors).toEqual([{ path: 'url', message: illFormed }]);
    },
  );

  it('a surrogate pair is accepted', async () => {
    const res = await request(server.url)
      .post('/object')
      .set('Content-Type', 'application/json')
      .send('{"name":"\\ud83e\\udda1"}');
    expect(res.body).toEqual({ name: '🦡' });
  });
});

describe('a URL that is not UTF-8 in percent-encoding', () => {
  it.each(['%', '%f', '%zz', '100%', '%ff', '%c0%80', '%ed%a0%80', '%e2%82', '%u0041'])(
    'is refused with %s in the query and in the path',
    async (text) => {
      for (const path of [`/search?q=${text}`, `/id?${text}`, `/items/${text}`]) {
        const res = await request(server.url).get(path);
        expect([path, res.status, res.body.code]).toEqual([path, 400, 'BAD_REQUEST']);
      }
    },
  );

  it('a URL with bytes that are not percent-encoded is refused', async () => {
    const options = { host: '127.0.0.1', port: server.port };
    const socket = connect(options);
    socket.end(Buffer.from('GET /search?q=ä HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
    const [response] = (await once(socket, 'data')) as [Buffer];
    expect(response.toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a URL with percent-encoded UTF-8 is accepted', async () => {
    const res = await request(server.url).get('/search?q=dachsbr%C3%A4u%20%F0%9F%A6%A1+100%25');
    expect(res.body).toEqual({ q: 'dachsbräu 🦡 100%' });
  });
});

describe('X-Request-Id', () => {
  const idFor = async (given?: string) => {
    const asked = request(server.url).get('/id');
    const res = await (given === undefined ? asked : asked.set('X-Request-Id', given));
    expect(res.get('x-request-id')).toBe(res.body.id);
    return res.body.id as string;
  };

  it('X-Request-Id of the response is that of the request when it is safe for logs', async () => {
    expect(await idFor('order-7_a.B')).toBe('order-7_a.B');
    expect(await idFor('x'.repeat(64))).toBe('x'.repeat(64));
  });

  it('X-Request-Id of the response is unique when the request has none', async () => {
    const [one, other] = [await idFor(), await idFor()];
    expect(one).toMatch(/^[0-9a-f-]{36}$/);
    expect(other).not.toBe(one);
  });

  it.each(['x'.repeat(65), 'a b', 'a"b', '{}', 'a,b', ''])('the X-Request-Id %p is replaced', async (odd) => {
    expect(await idFor(odd)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an error', () => {
  it.each([
    ['/no-token', 'Bearer'],
    ['/bad-token', 'Bearer error="invalid_token"'],
  ])('the 401 of %s has a WWW-Authenticate challenge', async (path, challenge) => {
    const res = await request(server.url).get(path);
    expect(res.status).toBe(401);
    expect(res.get('www-authenticate')).toBe(challenge);
  });

  it.each([
    [503, '/busy', '7'],
    [503, '/down', '1'],
    [429, '/too-many', '9'],
  ])('the %i of %s has Retry-After', async (status, path, seconds) => {
    const res = await request(server.url).get(path);
    expect(res.status).toBe(status);
    expect(res.get('retry-after')).toBe(seconds);
  });

  it.each(['/nothing', '/ID', '/items/', '/id/', '//id', '/./id', '/i%64', '/id;a=1', '/livez/'])(
    '404 is the response to %s, which is no route',
    async (path) => {
      const res = await request(server.url).get(path).set('X-Request-Id', 'mine');
      expect(res.status).toBe(404);
      expect(res.type).toBe('application/problem+json');
      expect(res.body).toEqual({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'No route matches this path.',
        code: 'ROUTE_NOT_FOUND',
        requestId: 'mine',
      });
    },
  );

  it('a path that cannot be decoded gets 400', async () => {
    const res = await request(server.url).get('/items/%E0%A4%A');
    expect(res.status).toBe(400);
    expect(res.body.code).toBe('BAD_REQUEST');
  });

  it('a 500 contains neither the message nor the stack of the error', async () => {
    const res = await request(server.url).get('/boom');
    expect(res.status).toBe(500);
    expect(res.type).toBe('application/problem+json');
    expect(res.text).not.toMatch(/hunter2|\.ts|at /);
  });

  it('an error during a response destroys the connection', async () => {
    const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await expect(request(server.url).get('/half')).rejects.toMatchObject({ code: 'ECONNRESET' });
    error.mockRestore();
  });
});

it('a response does not name the framework', async () => {
  const { headers } = await request(server.url).get('/id');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('etag');
});

it('the HTTPS port serves the routes of the main port and those of the admin port', async () => {
  const config = { PORT: 0, ADMIN_PORT: 0, HTTPS_PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const identity = { certificateFile: 'tls.crt', keyFile: 'tls.key', onCertificate: () => undefined };
  const service = assembleService(config, createLogger('spec', 'silent'), {
    routes,
    adminRoutes: Router().get('/internal/list', (_req, res) => void res.json([])),
    identity,
    checks: {},
    close: () => Promise.resolve(),
  });
  const getStatuses = async (listener: typeof service.app) => {
    const local = await serveLocally(listener);
    const paths = ['/id', '/livez', '/internal/list'];
    const statuses = await Promise.all(paths.map(async (path) => (await request(local.url).get(path)).status));
    await local.close();
    return statuses;
  };
  expect(await getStatuses(service.app)).toEqual([200, 404, 404]);
  expect(await getStatuses(service.https?.app ?? service.app)).toEqual([200, 200, 200]);
});
