import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from './logger';
import type { TimeLimits } from './listen';
import { startService, type RunningService } from './run-service';

let running: RunningService;
const app = jest.fn<void, Parameters<RequestListener>>((req, res) => {
  if (req.url === '/half') res.write('half');
  else req.resume().once('end', () => res.end('response'));
});

async function start(timeLimits?: TimeLimits) {
  running = await startService({
    app,
    admin: app,
    port: 0,
    host: '127.0.0.1',
    drainSeconds: 0,
    timeLimits,
    lifecycle: { phase: 'starting' },
    log: createLogger('spec', 'silent'),
    close: () => Promise.resolve(),
  });
}
beforeEach(() => app.mockClear());
afterEach(() => running.stop());

/** Sends bytes and reads until the other side ends the connection. */
async function exchange(...lines: string[]) {
  const socket = connect(running.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(lines.join('\r\n'));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { head, body };
}

async function expectProblem(status: number, code: string, ...lines: string[]) {
  const { head, body } = await exchange(...lines);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain('\r\nContent-Type: application/problem+json');
  expect(head).toContain('\r\nConnection: close');
  expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status, code, requestId: expect.any(String) });
  expect(Number(/Content-Length: (\d+)/.exec(head)?.[1])).toBe(Buffer.byteLength(body));
}

describe('a connection', () => {
  const smuggled = ['0', '', 'GET /smuggled HTTP/1.1', 'Host: store', '', ''];

  it.each([
    ['no HTTP', ['\x16\x03\x01 hello', '', '']],
    [
      'a length and chunks',
      ['POST / HTTP/1.1', 'Host: s', 'Content-Length: 6', 'Transfer-Encoding: chunked', '', ...smuggled],
    ],
    [
      'chunks and a length',
      ['POST / HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked', 'Content-Length: 6', '', ...smuggled],
    ],
    ['two lengths', ['POST / HTTP/1.1', 'Host: s', 'Content-Length: 6', 'Content-Length: 5', '', ...smuggled]],
    [
      'chunks that are not the last encoding',
      ['POST / HTTP/1.1', 'Host: s', 'Transfer-Encoding: chunked, x', '', ...smuggled],
    ],
    ['a header before its colon', ['POST / HTTP/1.1', 'Host: s', 'Content-Length : 6', '', ...smuggled]],
    ['a folded header', ['POST / HTTP/1.1', 'Host: s', 'X: a', ' Content-Length: 6', '', ...smuggled]],
  ])('a connection with %s gets 400 and closes, and no route is called', async (_what, lines) => {
    await start();
    const { head } = await exchange(...lines);
    expect(head).toMatch(/^HTTP\/1.1 400 /);
    expect(head).toContain('\r\nConnection: close');
    expect(app.mock.calls.map(([{ url }]) => url)).not.toContain('/smuggled');
  });

  it('a request with Content-Length and Transfer-Encoding gets a problem', async () => {
    await start();
    const lines = ['POST / HTTP/1.1', 'Host: s', 'Content-Length: 6', 'Transfer-Encoding: chunked', '', ...smuggled];
    await expectProblem(400, 'BAD_REQUEST', ...lines);
    expect(app).not.toHaveBeenCalled();
  });

  it.each([
    ['one large header', [`X-Bomb: ${'x'.repeat(17_000)}`]],
    ['many headers', Array.from({ length: 1000 }, (_, i) => `X-Bomb-${i}: xxxxxxxxxx`)],
  ])('a request with %s gets 431', async (_what, headers) => {
    await start();
    await expectProblem(431, 'HEADERS_TOO_LARGE', 'GET / HTTP/1.1', 'Host: s', ...headers, '', '');
    expect(app).not.toHaveBeenCalled();
  });

  it('a request whose headers never end gets 408', async () => {
    await start({ headersMs: 200, requestMs: 60_000, checkEveryMs: 50 });
    await expectProblem(408, 'REQUEST_TOO_SLOW', 'GET / HTTP/1.1', 'Host: s', '');
  });

  it('a request whose body never ends gets 408', async () => {
    await start({ headersMs: 200, requestMs: 300, checkEveryMs: 50 });
    await expectProblem(408, 'REQUEST_TOO_SLOW', 'POST / HTTP/1.1', 'Host: s', 'Content-Length: 9', '', 'half');
  });

  it('a connection that fails during a response is destroyed without a second response', async () => {
    await start();
    const socket = connect(running.port, '127.0.0.1');
    socket.write('GET /half HTTP/1.1\r\nHost: s\r\n\r\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.write('no HTTP\r\n\r\n');
    const rest = await text(socket).catch(() => '');
    expect(`${first.toString()}${rest}`.match(/HTTP\/1.1/g)).toHaveLength(1);
  });
});

it('a slow client exceeds its limits by two seconds at most', async () => {
  await start({ headersMs: 100, requestMs: 100, checkEveryMs: 1000 });
  const startedAt = performance.now();
  await exchange('GET / HTTP/1.1', '');
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
