import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import express from 'express';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { toClientHeaders, toUpstreamHeaders } from './headers';

let server: LocalServer;
let sent: (headers: IncomingMessage['headers']) => void;
beforeAll(async () => {
  const app = express();
  app.use(async (req, res) => {
    sent(toUpstreamHeaders(req, 'the-id', (await buffer(req)).length));
    res.end();
  });
  server = await serveLocally(app);
});
afterAll(() => server.close());

/** What is passed on of a request whose bytes are these. */
async function passedOn(start: string, ...lines: string[]): Promise<IncomingMessage['headers']> {
  const headers = new Promise<IncomingMessage['headers']>((resolve) => (sent = resolve));
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const [requestLine, ...body] = start.split('\n');
  socket.end([`${requestLine} HTTP/1.1`, 'Host: store.example', ...lines, '', body.join('\n')].join('\r\n'));
  await text(socket);
  return headers;
}

const ours = {
  'x-forwarded-for': '127.0.0.1',
  'x-forwarded-host': 'store.example',
  'x-forwarded-proto': 'http',
  'x-request-id': 'the-id',
};

describe('headers of a forwarded request', () => {
  it('end-to-end headers are forwarded unchanged', async () => {
    const lines = ['Authorization: Bearer a.b.c', 'Accept: text/plain', 'Origin: https://store.example', 'X-Thing: 1'];
    expect(await passedOn('GET /', ...lines)).toEqual({
      authorization: 'Bearer a.b.c',
      accept: 'text/plain',
      origin: 'https://store.example',
      'x-thing': '1',
      ...ours,
    });
  });

  it.each([
    'Connection: close',
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic',
    'Proxy-Authorization: Basic Z29vZA==',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'Trailer: X-Sum',
    'Upgrade: websocket',
  ])('hop-by-hop headers are not forwarded: %s', async (line) => {
    expect(await passedOn('GET /', line)).toEqual(ours);
  });

  it('headers that Connection names are not forwarded', async () => {
    expect(await passedOn('GET /', 'Connection: close, X-Hop ,X-JUMP', 'X-Hop: 1', 'X-Jump: 1', 'X-Stay: 1')).toEqual({
      'x-stay': '1',
      ...ours,
    });
  });

  it.each([
    'X-User-Id: someone',
    'X-User: someone',
    'X-UserToken: someone',
    'X-Forwarded-For: 10.0.0.1',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Prefix: /admin',
    'Forwarded: for=10.0.0.1',
    'X-Real-IP: 10.0.0.1',
    'X-Internal-Secret: 1',
    'X-Api-Key: 1',
    'X-Request-Id: theirs',
    'Cookie: session=1',
    'Expect: 100-continue',
  ])('reserved headers of a client are not forwarded: %s', async (line) => {
    expect(await passedOn('GET /', line)).toEqual(ours);
  });
});

describe('framing of a forwarded request', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'a %s with a chunked body is forwarded with Content-Length',
    async (method) => {
      expect(await passedOn(`${method} /\n3\r\nabc\r\n0\r\n\r\n`, 'Transfer-Encoding: Chunked')).toEqual({
        'content-length': '3',
        ...ours,
      });
    },
  );

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'a %s with Content-Length is forwarded with it',
    async (method) => {
      expect(await passedOn(`${method} /\nabc`, 'Content-Length: 3')).toEqual({ 'content-length': '3', ...ours });
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'a %s without a body is forwarded with Content-Length 0',
    async (method) => {
      expect(await passedOn(`${method} /`)).toEqual({ 'content-length': '0', ...ours });
    },
  );

  it.each(['GET', 'HEAD'])('a %s without a body is forwarded without Content-Length', async (method) => {
    expect(await passedOn(`${method} /`)).toEqual(ours);
  });

  it('Content-Length is forwarded even if Connection names it', async () => {
    expect(await passedOn('GET /\nabc', 'Connection: Content-Length', 'Content-Length: 3')).toEqual({
      'content-length': '3',
      ...ours,
    });
    const chunks = '3\r\nabc\r\n0\r\n\r\n';
    expect(await passedOn(`GET /\n${chunks}`, 'Connection: transfer-encoding', 'Transfer-Encoding: chunked')).toEqual({
      'content-length': '3',
      ...ours,
    });
  });
});

it('response headers lack the hop-by-hop headers of the upstream’s connection', () => {
  const headers = {
    'content-type': 'text/plain',
    'set-cookie': ['a=1', 'b=2'],
    connection: 'keep-alive, x-hop',
    'keep-alive': 'timeout=65',
    'transfer-encoding': 'chunked',
    'x-hop': '1',
  };
  expect(toClientHeaders(headers)).toEqual({
    'content-type': 'text/plain',
    'set-cookie': ['a=1', 'b=2'],
  });
});
