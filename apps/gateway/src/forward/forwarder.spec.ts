import dns from 'node:dns';
import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { freePort, serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { createForwarder } from './forwarder';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function forwardingTo(url: string, deadlineMs = 5000) {
  const { forward, check, close } = createForwarder({ name: 'spec', urls: [url], deadlineMs });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const { app } = assembleService(config, createLogger('spec', 'silent'), {
    routes: Router().use(forward),
    checks: {},
    close: async () => close(),
  });
  const gateway = await serveLocally(app);
  cleanUps.push(() => gateway.close(), close);
  return { gateway, check };
}

async function serveBehindGateway(handler: RequestListener, deadlineMs?: number): Promise<LocalServer> {
  const upstream = await serveLocally(handler);
  cleanUps.push(() => upstream.close());
  return (await forwardingTo(upstream.url, deadlineMs)).gateway;
}

function open(gateway: LocalServer, options: RequestOptions) {
  const req = httpRequest({ host: '127.0.0.1', port: gateway.port, agent: false, ...options });
  const responded = once(req, 'response').then(([res]) => res as IncomingMessage);
  return { req, responded };
}

const nextChunk = async (stream: IncomingMessage) => String(((await once(stream, 'data')) as [Buffer])[0]);

describe('forwarding', () => {
  it('the forwarder keeps method, path, query, body, status and headers', async () => {
    const gateway = await serveBehindGateway(async (req, res) => {
      res.writeHead(418, { 'X-Thing': '1', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': 'text/plain' });
      res.end(`${req.method} ${req.url} ${await text(req)}`);
    });
    const res = await request(gateway.url).put('/some/path?q=%20&q').send('body');
    expect(res.status).toBe(418);
    expect(res.headers).toMatchObject({ 'x-thing': '1', 'set-cookie': ['a=1', 'b=2'] });
    expect(res.text).toBe('PUT /some/path?q=%20&q body');
  });

  it('the forwarder streams the response', async () => {
    let upstreamResponse: ServerResponse | undefined;
    const gateway = await serveBehindGateway((_req, res) => {
      upstreamResponse = res;
      res.write('one');
    });
    const { req, responded } = open(gateway, {});
    req.end();
    const res = await responded;
    expect(await nextChunk(res)).toBe('one');
    upstreamResponse?.write('two');
    expect(await nextChunk(res)).toBe('two');
    upstreamResponse?.end();
    expect(await text(res)).toBe('');
  });

  it.each(['GET', 'DELETE', 'POST'])(
    'the forwarder sends the chunked body of %s with a Content-Length',
    async (method) => {
      const gateway = await serveBehindGateway(async (req, res) => {
        res.end(`${req.headers['content-length']} ${await text(req)}`);
      });
      const { req, responded } = open(gateway, { method, headers: { 'Transfer-Encoding': 'chunked' } });
      req.write('bo');
      req.end('dy');
      expect(await text(await responded)).toBe('4 body');
    },
  );

  it('responses to HEAD, 204 and 304 have no body', async () => {
    const gateway = await serveBehindGateway((req, res) => {
      res.writeHead(Number(req.url?.slice(1)), req.method === 'HEAD' ? { 'Content-Length': '7' } : {}).end();
    });
    const head = await request(gateway.url).head('/200');
    expect(head.status).toBe(200);
    expect(head.get('content-length')).toBe('7');
    expect((await request(gateway.url).get('/204')).status).toBe(204);
    expect((await request(gateway.url).get('/304')).status).toBe(304);
  });

  it('upstream and client receive the same request id', async () => {
    const gateway = await serveBehindGateway((req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/plain' }).end(req.headers['x-request-id']);
    });
    const given = await request(gateway.url).get('/').set('X-Request-Id', 'mine');
    expect([given.get('x-request-id'), given.text]).toEqual(['mine', 'mine']);
    const made = await request(gateway.url).get('/');
    expect(made.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.text).toBe(made.get('x-request-id'));
  });

  it('the body of one request never becomes another request', async () => {
    const seen: string[] = [];
    const gateway = await serveBehindGateway(async (req, res) => {
      seen.push(`${req.method} ${req.url}`);
      await text(req);
      res.end('seen');
    });
    const smuggled = 'GET /internal HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const method of ['GET', 'DELETE', 'POST']) {
      const socket = connect(gateway.port, '127.0.0.1');
      const lines = [`${method} /public HTTP/1.1`, 'Host: a', 'Connection: close, content-length'];
      socket.write([...lines, `Content-Length: ${smuggled.length}`, '', smuggled].join('\r\n'));
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
    }
    await request(gateway.url).get('/after');
    expect(seen).toEqual(['GET /public', 'DELETE /public', 'POST /public', 'GET /after']);
  });
});

describe('upstream failures', () => {
  it('the forwarder responds 503 with Retry-After when the upstream is down', async () => {
    const { gateway } = await forwardingTo(`http://127.0.0.1:${await freePort()}`);
    const res = await request(gateway.url).post('/').send('body');
    expect(res.status).toBe(503);
    expect(res.get('retry-after')).toBe('1');
    expect(res.body).toMatchObject({
      code: 'UPSTREAM_DOWN',
      detail: 'The spec service is unreachable. The request was not processed.',
    });
  });

  it('the forwarder responds 503 when all addresses of the upstream are down', async () => {
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    const { gateway } = await forwardingTo(`http://upstream.test:${await freePort()}`);
    const lookup = jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((
        _host: string,
        _options: dns.LookupAllOptions,
        found: (error: null, all: dns.LookupAddress[]) => void,
      ) => found(null, addresses)) as typeof dns.lookup);
    const res = await request(gateway.url).get('/');
    expect(lookup).toHaveBeenCalledWith('upstream.test', expect.anything(), expect.anything());
    lookup.mockRestore();
    expect(res.body).toMatchObject({ status: 503, code: 'UPSTREAM_DOWN' });
  });

  it('the forwarder responds 504 within the deadline when the upstream does not respond', async () => {
    let aborted = false;
    const gateway = await serveBehindGateway((_req, res) => void res.once('close', () => (aborted = true)), 100);
    const startedAt = performance.now();
    const res = await request(gateway.url).get('/');
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(res.status).toBe(504);
    expect(res.body.code).toBe('UPSTREAM_TIMEOUT');
    await until('the upstream sees its request aborted', () => aborted);
  });

  it('an unfinished body never reaches the upstream, and the next request is unaffected', async () => {
    const gateway = await serveBehindGateway((req) => void req.resume(), 100);
    const chunk = Buffer.alloc(65_536, 'x');
    const attempts = Array.from({ length: 10 }, async () => {
      const { req, responded } = open(gateway, { method: 'POST' });
      const pump = () => {
        while (!req.destroyed && req.write(chunk));
      };
      req.on('drain', pump).on('error', () => undefined);
      pump();
      const status = await responded.then(
        (res) => res.statusCode,
        () => 'cut',
      );
      req.destroy();
      return status;
    });
    for (const status of await Promise.all(attempts)) expect([413, 'cut']).toContain(status);
    expect((await request(gateway.url).get('/')).status).toBe(504);
  });

  it('the forwarder responds 502 when the upstream closes the connection before the headers', async () => {
    const gateway = await serveBehindGateway((req) => void req.socket.destroy());
    const res = await request(gateway.url).get('/');
    expect(res.status).toBe(502);
    expect(res.body.code).toBe('UPSTREAM_FAILED');
  });

  it.each([
    ['by its length', { 'Content-Length': '100' }],
    ['in chunks', {}],
  ])('the client’s connection is closed when the upstream closes it within a body %s', async (_what, headers) => {
    let upstreamResponse: ServerResponse | undefined;
    const gateway = await serveBehindGateway((_req, res) => {
      upstreamResponse = res;
      res.writeHead(200, headers).write('half');
    });
    const { req, responded } = open(gateway, {});
    req.end();
    const res = await responded;
    expect(await nextChunk(res)).toBe('half');
    const rest = expect(text(res)).rejects.toMatchObject({ code: 'ECONNRESET' });
    upstreamResponse?.destroy();
    await rest;
  });

  it('a response that stalls is ended after the deadline', async () => {
    const gateway = await serveBehindGateway((_req, res) => void res.write('half'), 100);
    const { req, responded } = open(gateway, {});
    req.end();
    await expect(text(await responded)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('clients that disconnect', () => {
  it('a request whose client disconnects within the body does not reach the upstream', async () => {
    let asked = 0;
    const gateway = await serveBehindGateway((_req, res) => {
      asked += 1;
      res.end();
    });
    const { req, responded } = open(gateway, { method: 'POST', headers: { 'Content-Length': '100' } });
    const cut = expect(responded).rejects.toMatchObject({ code: 'ECONNRESET' });
    req.write('half');
    req.destroy();
    await cut;
    await request(gateway.url).get('/');
    expect(asked).toBe(1);
  });

  it('a read is aborted at the upstream when the client disconnects before the response', async () => {
    let closed = false;
    let asked = false;
    const gateway = await serveBehindGateway((_req, res) => {
      asked = true;
      res.once('close', () => (closed = true));
    });
    const { req, responded } = open(gateway, {});
    const cut = expect(responded).rejects.toMatchObject({ code: 'ECONNRESET' });
    req.end();
    await until('the upstream is asked', () => asked);
    req.destroy();
    await until('the upstream sees its client gone', () => closed);
    await cut;
  });

  it('a response is aborted at the upstream when the client disconnects within it', async () => {
    let finished: boolean | undefined;
    const gateway = await serveBehindGateway((_req, res) => {
      res.write('half');
      res.once('close', () => (finished = res.writableFinished));
    });
    const { req, responded } = open(gateway, {});
    req.end();
    await nextChunk(await responded);
    req.destroy();
    await until('the upstream sees its client gone', () => finished === false);
  });
});

describe('health check of an upstream', () => {
  it('the health check of an upstream resolves when /livez responds', async () => {
    const paths: (string | undefined)[] = [];
    const upstream = await serveLocally((req, res) => {
      paths.push(req.url);
      res.end();
    });
    cleanUps.push(() => upstream.close());
    const { check } = await forwardingTo(upstream.url);
    await check();
    expect(paths).toEqual(['/livez']);
  });

  it('the health check of an upstream rejects when it is unreachable', async () => {
    const { check } = await forwardingTo(`http://127.0.0.1:${await freePort()}`);
    await expect(check()).rejects.toMatchObject({ errors: [{ code: 'ECONNREFUSED' }] });
  });

  it('the health check of an upstream rejects when it does not respond within about a second', async () => {
    const upstream = await serveLocally(() => undefined);
    cleanUps.push(() => upstream.close());
    const { check } = await forwardingTo(upstream.url);
    await expect(check()).rejects.toMatchObject({ errors: [{ message: 'No response within 1000 ms.' }] });
  });
});
