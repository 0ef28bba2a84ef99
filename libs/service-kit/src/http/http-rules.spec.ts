import { until } from '@badger-store/test-kit';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Router } from 'express';
import { assembleService } from '../assemble-service';
import { createLogger } from '../logger';
import { startService, type RunningService } from '../run-service';
import { createMetrics } from '../telemetry/metrics';
import { jsonBody } from './json-body';

const metrics = createMetrics();
const seen: string[] = [];
let service: RunningService;

beforeAll(async () => {
  const routes = Router({ caseSensitive: true });
  routes.use((req, _res, next) => {
    seen.push(`${req.method} ${req.url}`);
    next();
  });
  routes.get('/things/:id', (req, res) => void res.json({ id: req.params.id, host: req.host }));
  routes.use(Router().post('/things', jsonBody, (req, res) => void res.status(201).json(req.body ?? null)));
  routes.delete('/things/:id', (_req, res) => void res.status(204).end());
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 0 };
  const parts = { routes, metrics, checks: {}, close: () => Promise.resolve() };
  const assembled = assembleService(config, createLogger('spec', 'silent'), parts);
  service = await startService({ ...assembled, timeLimits: { headersMs: 300, requestMs: 500, checkEveryMs: 50 } });
});
afterAll(() => service.stop());
beforeEach(() => seen.splice(0));

/** Sends bytes and reads until the other side ends the connection. */
async function exchange(...lines: string[]) {
  const socket = connect(service.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(lines.join('\r\n'));
  const received = await text(socket);
  const [head = '', body = ''] = received.split('\r\n\r\n');
  return { head, body, received, status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]) };
}

const close = 'Connection: close';
const get = 'GET /things/1 HTTP/1.1';
const counted = async (status: number) =>
  [...(await metrics.metrics()).matchAll(/^http_request_duration_seconds_count\{.*status="(\d+)".*\} (\d+)$/gm)]
    .filter(([, of]) => of === String(status))
    .reduce((sum, [, , count]) => sum + Number(count), 0);

describe('a request that breaks a rule of HTTP', () => {
  it.each<[string, number, string, string[]]>([
    ['has no Host', 400, 'BAD_REQUEST', [get, close]],
    ['has two Hosts', 400, 'BAD_REQUEST', [get, 'Host: a', 'Host: a', close]],
    ['has an empty Host', 400, 'BAD_REQUEST', [get, 'Host:', close]],
    ['has a Host with a path', 400, 'BAD_REQUEST', [get, 'Host: a/b', close]],
    ['has a Host with a user', 400, 'BAD_REQUEST', [get, 'Host: a@b', close]],
    ['has two content types', 400, 'BAD_REQUEST', [get, 'Host: a', 'Content-Type: a/b', 'content-type: a/b', close]],
    ['has two origins', 400, 'BAD_REQUEST', [get, 'Host: a', 'Origin: http://a', 'Origin: http://b', close]],
    [
      'has two origins and an absolute target',
      400,
      'BAD_REQUEST',
      ['GET http://a/things/1 HTTP/1.1', 'Origin: http://a', 'Origin: http://b', close],
    ],
    ['has an unknown expectation', 417, 'EXPECTATION_FAILED', [get, 'Host: a', 'Expect: x', close]],
    ['expects more than 100', 417, 'EXPECTATION_FAILED', [get, 'Host: a', 'Expect: 100-continue, x', close]],
    ['is HTTP/1.0 in chunks', 400, 'BAD_REQUEST', ['POST /things HTTP/1.0', 'Transfer-Encoding: chunked', '', '0', '']],
    [
      'has an unknown transfer coding',
      501,
      'UNKNOWN_TRANSFER_CODING',
      ['POST /things HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked', close, '', '0', ''],
    ],
    [
      'does not end with chunks',
      400,
      'BAD_REQUEST',
      ['POST /things HTTP/1.1', 'Host: a', 'Transfer-Encoding: xchunked', close, '', '0', ''],
    ],
    ['is CONNECT', 501, 'METHOD_NOT_IMPLEMENTED', ['CONNECT a:443 HTTP/1.1', 'Host: a:443']],
    ['has an unknown method', 501, 'METHOD_NOT_IMPLEMENTED', ['BREW /things HTTP/1.1', 'Host: a']],
    ['has a method in small letters', 501, 'METHOD_NOT_IMPLEMENTED', ['get /things/1 HTTP/1.1', 'Host: a']],
    [
      'has a method that this path does not have',
      405,
      'METHOD_NOT_ALLOWED',
      ['TRACE /things HTTP/1.1', 'Host: a', close],
    ],
    ['has a fragment', 400, 'BAD_REQUEST', ['GET /things/1#a HTTP/1.1', 'Host: a', close]],
    ['asks for all by GET', 400, 'BAD_REQUEST', ['GET * HTTP/1.1', 'Host: a', close]],
    ['names a user in its target', 400, 'BAD_REQUEST', ['GET http://u@a/things/1 HTTP/1.1', 'Host: a', close]],
    ['is HTTP/3.0', 505, 'VERSION_NOT_SUPPORTED', ['GET /things/1 HTTP/3.0', 'Host: a']],
    ['is HTTP/2.0', 505, 'VERSION_NOT_SUPPORTED', ['GET /things/1 HTTP/2.0', 'Host: a', close]],
    ['has headers of 20 KiB', 431, 'HEADERS_TOO_LARGE', [get, 'Host: a', `X: ${'x'.repeat(20_000)}`]],
    [
      'never ends its body',
      408,
      'REQUEST_TOO_SLOW',
      ['POST /things HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Length: 9', '', '{'],
    ],
  ])('a request that %s gets %i as a problem, and is counted', async (_why, status, code, lines) => {
    const before = await counted(status);
    const { head, body, received } = await exchange(...lines, '', '');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^Content-Type: application\/problem\+json/im);
    expect(head).toMatch(/^Connection: close/im);
    expect(head).toMatch(/^Cache-Control: no-store/im);
    expect(head).toMatch(/^Date: /im);
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    const requestId = /^X-Request-Id: (\S+)/im.exec(head)?.[1];
    expect(JSON.parse(body)).toMatchObject({
      type: 'about:blank',
      status,
      code,
      requestId,
    });
    // It is counted when the response has left, which the client may see first.
    await until('it is counted', async () => (await counted(status)) === before + 1);
    expect(seen.filter((each) => !each.startsWith('TRACE') && !each.startsWith('POST'))).toEqual([]);
  });

  it('a request whose headers never end gets 408, and is counted', async () => {
    const before = await counted(408);
    expect((await exchange(get, '')).status).toBe(408);
    expect(await counted(408)).toBe(before + 1);
  });

  it.each([
    ['asks for an upgrade', [get, 'Host: a', 'Connection: close, Upgrade', 'Upgrade: h2c']],
    ['is HTTP/1.0', ['GET /things/1 HTTP/1.0']],
    ['is HTTP/1.0 and expects something', ['GET /things/1 HTTP/1.0', 'Expect: x']],
    ['asks for a range', [get, 'Host: a', 'Range: bytes=0-1', close]],
    ['has two tokens on a public route', [get, 'Host: a', 'Authorization: a', 'Authorization: b', close]],
    ['names an IPv6 host', [get, 'Host: [::1]:3000', close]],
  ])('a request that %s is valid', async (_why, lines) => {
    const { status, body } = await exchange(...lines, '', '');
    expect([status, JSON.parse(body)]).toMatchObject([200, { id: '1' }]);
  });

  it('a request with an absolute target has the host of the target', async () => {
    const { body } = await exchange('GET http://store.example/things/2?a HTTP/1.1', 'Host: evil', close, '', '');
    expect(JSON.parse(body)).toEqual({ id: '2', host: 'store.example' });
    expect(seen).toEqual(['GET /things/2?a']);
  });
});

describe('100 Continue', () => {
  const start = ['POST /things HTTP/1.1', 'Host: a', 'Expect: 100-continue'];

  it('100 Continue is sent when the route reads the body', async () => {
    const socket = connect(service.port, '127.0.0.1');
    socket.write([...start, 'Content-Type: application/json', 'Content-Length: 7', '', ''].join('\r\n'));
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(String(first)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('{"a":1}');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 /);
  });

  it.each([
    [415, ['Content-Type: text/plain', 'Content-Length: 7']],
    [415, ['Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 7']],
    [413, ['Content-Type: application/json', 'Content-Length: 70000']],
  ])('100 Continue is not sent before a response of %i', async (status, lines) => {
    const response = await exchange(...start, ...lines, '', '');
    expect(response.head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(response.head).toMatch(/^Connection: close/im);
  });
});

describe('the methods of a path', () => {
  const allow = ['DELETE, GET, HEAD, OPTIONS', 'OPTIONS, POST'];

  it.each([
    ['PUT', '/things/1', 405, allow[0]],
    ['PROPFIND', '/things/1', 405, allow[0]],
    ['GET', '/things', 405, allow[1]],
    ['OPTIONS', '/things/1', 204, allow[0]],
    ['OPTIONS', '/things', 204, allow[1]],
    ['POST', '/livez', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '*', 204, undefined],
    ['OPTIONS', '/nothing', 404, undefined],
    ['PUT', '/nothing', 404, undefined],
  ])('%s %s gets %i and Allow: %s', async (method, path, status, allowed) => {
    const { head } = await exchange(`${method} ${path} HTTP/1.1`, 'Host: a', close, '', '');
    expect([Number(head.slice(9, 12)), /^Allow: (.*)$/im.exec(head)?.[1]?.trim()]).toEqual([status, allowed]);
  });

  it('HEAD gets the headers of GET without a body', async () => {
    const { head, body } = await exchange('HEAD /things/1 HTTP/1.1', 'Host: a', close, '', '');
    expect([head.slice(0, 15), body]).toEqual(['HTTP/1.1 200 OK', '']);
  });
});

it('a chunked body is refused as soon as it exceeds the limit', async () => {
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  const lines = ['POST /things HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Transfer-Encoding: chunked'];
  expect((await exchange(...lines, '', chunk.repeat(5))).status).toBe(413);
});
