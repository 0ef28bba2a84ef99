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

async function inFrontOf(answer: RequestListener, deadlineMs?: number): Promise<LocalServer> {
  const upstream = await serveLocally(answer);
  cleanUps.push(() => upstream.close());
  return (await forwardingTo(upstream.url, deadlineMs)).gateway;
}

function open(gateway: LocalServer, options: RequestOptions) {
  const req = httpRequest({ host: '127.0.0.1', port: gateway.port, agent: false, ...options });
  const answered = once(req, 'response').then(([res]) => res as IncomingMessage);
  return { req, answered };
}

const nextChunk = async (stream: IncomingMessage) => String(((await once(stream, 'data')) as [Buffer])[0]);

describe('forwarding', () => {
  it('passes method, path, query and body on, and status, headers and body back', async () => {
    const gateway = await inFrontOf(async (req, res) => {
      res.writeHead(418, { 'X-Thing': '1', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': 'text/plain' });
      res.end(`${req.method} ${req.url} ${await text(req)}`);
    });
    const res = await request(gateway.url).put('/some/path?q=%20&q').send('body');
    expect(res.status).toBe(418);
    expect(res.headers).toMatchObject({ 'x-thing': '1', 'set-cookie': ['a=1', 'b=2'] });
    expect(res.text).toBe('PUT /some/path?q=%20&q body');
  });

  it('streams the response, and buffers none of it', async () => {
    let answer: ServerResponse | undefined;
    const gateway = await inFrontOf((_req, res) => {
      answer = res;
      res.write('one');
    });
    const { req, answered } = open(gateway, {});
    req.end();
    const res = await answered;
    expect(await nextChunk(res)).toBe('one');
    answer?.write('two');
    expect(await nextChunk(res)).toBe('two');
    answer?.end();
    expect(await text(res)).toBe('');
  });

  it.each(['GET', 'DELETE', 'POST'])('passes on a body in chunks of %s, by its length', async (method) => {
    const gateway = await inFrontOf(async (req, res) => {
      res.end(`${req.headers['content-length']} ${await text(req)}`);
    });
    const { req, answered } = open(gateway, { method, headers: { 'Transfer-Encoding': 'chunked' } });
    req.write('bo');
    req.end('dy');
    expect(await text(await answered)).toBe('4 body');
  });

  it('answers HEAD without a body, 204 without one, and 304 without one', async () => {
    const gateway = await inFrontOf((req, res) => {
      res.writeHead(Number(req.url?.slice(1)), req.method === 'HEAD' ? { 'Content-Length': '7' } : {}).end();
    });
    const head = await request(gateway.url).head('/200');
    expect(head.status).toBe(200);
    expect(head.get('content-length')).toBe('7');
    expect((await request(gateway.url).get('/204')).status).toBe(204);
    expect((await request(gateway.url).get('/304')).status).toBe(304);
  });

  it('tells the upstream the request id, which the client gets as well', async () => {
    const gateway = await inFrontOf((req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/plain' }).end(req.headers['x-request-id']);
    });
    const given = await request(gateway.url).get('/').set('X-Request-Id', 'mine');
    expect([given.get('x-request-id'), given.text]).toEqual(['mine', 'mine']);
    const made = await request(gateway.url).get('/');
    expect(made.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.text).toBe(made.get('x-request-id'));
  });

  it('never lets the body of one request become another request', async () => {
    const seen: string[] = [];
    const gateway = await inFrontOf(async (req, res) => {
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

describe('an upstream', () => {
  it('that is down makes 503, with a time to come again', async () => {
    const { gateway } = await forwardingTo(`http://127.0.0.1:${await freePort()}`);
    const res = await request(gateway.url).post('/').send('body');
    expect(res.status).toBe(503);
    expect(res.get('retry-after')).toBe('1');
    expect(res.body).toMatchObject({ code: 'UPSTREAM_DOWN', detail: 'The spec service cannot be reached.' });
  });

  it('that is down at each of its addresses makes 503', async () => {
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

  it('that never answers makes 504 within the deadline', async () => {
    let aborted = false;
    const gateway = await inFrontOf((_req, res) => void res.once('close', () => (aborted = true)), 100);
    const startedAt = performance.now();
    const res = await request(gateway.url).get('/');
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(res.status).toBe(504);
    expect(res.body.code).toBe('UPSTREAM_LATE');
    await until('the upstream sees its request aborted', () => aborted);
  });

  it('is never asked with a body without end, and what is asked next is not affected', async () => {
    const gateway = await inFrontOf((req) => void req.resume(), 100);
    const chunk = Buffer.alloc(65_536, 'x');
    const attempts = Array.from({ length: 10 }, async () => {
      const { req, answered } = open(gateway, { method: 'POST' });
      const pump = () => {
        while (!req.destroyed && req.write(chunk));
      };
      req.on('drain', pump).on('error', () => undefined);
      pump();
      const status = await answered.then(
        (res) => res.statusCode,
        () => 'cut',
      );
      req.destroy();
      return status;
    });
    for (const status of await Promise.all(attempts)) expect([413, 'cut']).toContain(status);
    expect((await request(gateway.url).get('/')).status).toBe(504);
  });

  it('that breaks off before the headers makes 502', async () => {
    const gateway = await inFrontOf((req) => void req.socket.destroy());
    const res = await request(gateway.url).get('/');
    expect(res.status).toBe(502);
    expect(res.body.code).toBe('UPSTREAM_FAILED');
  });

  it.each([
    ['by its length', { 'Content-Length': '100' }],
    ['in chunks', {}],
  ])('that breaks off in the middle of a body %s cuts the client’s connection', async (_what, headers) => {
    let upstreamAnswer: ServerResponse | undefined;
    const gateway = await inFrontOf((_req, res) => {
      upstreamAnswer = res;
      res.writeHead(200, headers).write('half');
    });
    const { req, answered } = open(gateway, {});
    req.end();
    const res = await answered;
    expect(await nextChunk(res)).toBe('half');
    const rest = expect(text(res)).rejects.toMatchObject({ code: 'ECONNRESET' });
    upstreamAnswer?.destroy();
    await rest;
  });

  it('that stops in the middle of a body is cut off after the deadline, as is the client', async () => {
    const gateway = await inFrontOf((_req, res) => void res.write('half'), 100);
    const { req, answered } = open(gateway, {});
    req.end();
    await expect(text(await answered)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a client', () => {
  it('that breaks off in the middle of a body has asked the upstream for nothing', async () => {
    let asked = 0;
    const gateway = await inFrontOf((_req, res) => {
      asked += 1;
      res.end();
    });
    const { req, answered } = open(gateway, { method: 'POST', headers: { 'Content-Length': '100' } });
    const cut = expect(answered).rejects.toMatchObject({ code: 'ECONNRESET' });
    req.write('half');
    req.destroy();
    await cut;
    await request(gateway.url).get('/');
    expect(asked).toBe(1);
  });

  it('that leaves before the answer ends the request to the upstream', async () => {
    let closed = false;
    let asked = false;
    const gateway = await inFrontOf((_req, res) => {
      asked = true;
      res.once('close', () => (closed = true));
    });
    const { req, answered } = open(gateway, {});
    const cut = expect(answered).rejects.toMatchObject({ code: 'ECONNRESET' });
    req.end();
    await until('the upstream is asked', () => asked);
    req.destroy();
    await until('the upstream sees its client gone', () => closed);
    await cut;
  });

  it('that leaves in the middle of the answer ends it at the upstream', async () => {
    let finished: boolean | undefined;
    const gateway = await inFrontOf((_req, res) => {
      res.write('half');
      res.once('close', () => (finished = res.writableFinished));
    });
    const { req, answered } = open(gateway, {});
    req.end();
    await nextChunk(await answered);
    req.destroy();
    await until('the upstream sees its client gone', () => finished === false);
  });
});

describe('the check of an upstream', () => {
  it('resolves when /livez answers', async () => {
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

  it('rejects when nobody is there', async () => {
    const { check } = await forwardingTo(`http://127.0.0.1:${await freePort()}`);
    await expect(check()).rejects.toMatchObject({ errors: [{ code: 'ECONNREFUSED' }] });
  });

  it('rejects when nobody answers within about a second', async () => {
    const upstream = await serveLocally(() => undefined);
    cleanUps.push(() => upstream.close());
    const { check } = await forwardingTo(upstream.url);
    await expect(check()).rejects.toMatchObject({ errors: [{ message: 'No response within 1000 ms.' }] });
  });
});
