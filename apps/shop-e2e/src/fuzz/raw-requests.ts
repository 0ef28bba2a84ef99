import { connect } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';

const maxMs = 5000;

/** Of the client's message, though they are 5xx: a method or coding that is not implemented, a version that is not (RFC 9110). */
const refusals = new Set([501, 505]);

/** Bytes that an HTTP client would not send: messages that are framed wrongly, odd request lines, hostile headers, and noise. */
export function rawRequest(host: string, token: string): Arbitrary<Buffer> {
  const hostLine = `Host: ${host}`;
  const auth = `Authorization: Bearer ${token}`;
  const json = 'Content-Type: application/json';
  const line = '{"id":"badger-enamel-mug"}';
  const post = (headers: readonly string[], body = '') =>
    ['POST /Cart/Item HTTP/1.1', hostLine, auth, json, ...headers, '', body].join('\r\n');
  const get = (start: string, ...headers: string[]) => [start, ...headers, '', ''].join('\r\n');

  const fixed = fc.constantFrom(
    get('GET / HTTP/1.1'),
    get('GET /Cart HTTP/1.1', hostLine, hostLine),
    get('GET /Cart HTTP/1.1', 'Host: a b'),
    get('GET /Cart HTTP/1.1', 'Host:'),
    get('GET /inventory/items HTTP/1.0'),
    get('GET /inventory/items HTTP/0.9', hostLine),
    get('GET /inventory/items HTTP/2.0', hostLine),
    get('GET /inventory/items HTTP/1.1 ', hostLine),
    get('GET  /inventory/items HTTP/1.1', hostLine),
    get(`GET http://${host}/inventory/items HTTP/1.1`, hostLine),
    get('GET http://elsewhere.example/inventory/items HTTP/1.1', hostLine),
    get('GET * HTTP/1.1', hostLine),
    get('OPTIONS * HTTP/1.1', hostLine),
    get('CONNECT elsewhere.example:443 HTTP/1.1', hostLine),
    get('BADGER /Cart HTTP/1.1', hostLine),
    get('GET /Cart#fragment HTTP/1.1', hostLine, auth),
    get('GET /inventory/items?search=\0 HTTP/1.1', hostLine),
    get('GET /inventory/items?search=\xff\xfe HTTP/1.1', hostLine),
    get('GET /inventory/items?search=%00 HTTP/1.1', hostLine),
    get('GET /inventory/items?search=%ed%a0%80 HTTP/1.1', hostLine),
    get('GET /inventory/items HTTP/1.1', hostLine, 'X-Request-Id: \0'),
    get('GET /inventory/items HTTP/1.1', hostLine, 'X-Request-Id: a', ' folded'),
    get('GET /inventory/items HTTP/1.1', hostLine, 'X-Request-Id : a'),
    get('GET /inventory/items HTTP/1.1', hostLine, 'no colon'),
    get('GET /inventory/items HTTP/1.1', hostLine, ': no name'),
    get('GET /inventory/items HTTP/1.1', hostLine, `X-Long: ${'x'.repeat(20_000)}`),
    get(`GET /${'x'.repeat(20_000)} HTTP/1.1`, hostLine),
    get('GET /inventory/items HTTP/1.1', hostLine, ...Array.from({ length: 500 }, (_, n) => `X-${n}: ${n}`)),
    get('GET /inventory/items HTTP/1.1', hostLine, 'Expect: x'),
    get('GET /inventory/items HTTP/1.1', hostLine, 'Upgrade: websocket', 'Connection: Upgrade'),
    get(
      'GET /inventory/items HTTP/1.1',
      hostLine,
      'Upgrade: h2c',
      'Connection: Upgrade, HTTP2-Settings',
      'HTTP2-Settings: AAMAAABkAAQ',
    ),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    post(['Content-Length: 5'], line),
    post(['Content-Length: -1'], line),
    post(['Content-Length: 1e2'], line),
    post(['Content-Length: 26, 26'], line),
    post(['Content-Length: 26', 'Content-Length: 27'], line),
    post(['Content-Length: 99999999999999999999'], line),
    post(['Content-Length: 200'], line),
    post(['Content-Length: 26', 'Transfer-Encoding: chunked'], `1a\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: chunked'], `1a\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: chunked'], `1a;ext=1\r\n${line}\r\n0\r\nX-Trailer: 1\r\n\r\n`),
    post(['Transfer-Encoding: chunked'], `zz\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: chunked'], `ffffffffffffffff\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: chunked'], `5\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: gzip, chunked'], `1a\r\n${line}\r\n0\r\n\r\n`),
    post(['Transfer-Encoding: chunked, gzip'], line),
    post(['Transfer-Encoding: nonsense'], line),
    post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `1a\r\n${line}\r\n0\r\n\r\n`),
    post(['Expect: 100-continue', 'Content-Length: 26'], line),
    post(['Expect: badgers', 'Content-Length: 26'], line),
    `POST /Cart/Item HTTP/1.0\r\n${auth}\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n${line}\r\n0\r\n\r\n`,
    // Two requests in one write: both have a response, in their order.
    get('GET /livez HTTP/1.1', hostLine) + get('GET /nothing HTTP/1.1', hostLine),
    post(['Content-Length: 26'], line) + get('GET /nothing HTTP/1.1', hostLine),
  );
  const message = fixed.map((text) => Buffer.from(text, 'latin1'));
  const broken = fc
    .tuple(message, fc.nat(), fc.uint8Array({ maxLength: 6 }), fc.nat({ max: 6 }))
    .map(([bytes, at, added, removed]) => {
      const place = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place + removed)]);
    });
  const noise = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 4, arbitrary: message }, { weight: 4, arbitrary: broken }, { weight: 1, arbitrary: noise });
}

/** Sends the bytes, closes its side, and says what is wrong with what comes back: nothing, when the server only closes. */
export async function sendRaw({ hostname, port }: URL, bytes: Buffer): Promise<string[]> {
  const startedAt = performance.now();
  const received = await new Promise<Buffer>((resolve) => {
    const chunks: Buffer[] = [];
    const finish = () => resolve(Buffer.concat(chunks));
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.setTimeout(2 * maxMs, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that closes before it has read all of it resets the connection.
    socket
      .on('error', finish)
      .on('close', finish)
      .on('end', () => socket.destroy());
    socket.end(bytes);
  });
  const firstLine = JSON.stringify(bytes.toString('latin1').split('\r\n', 1)[0]?.slice(0, 60));
  const wrong = checkRaw(received).map((each) => `${each}, to ${firstLine}`);
  if (performance.now() - startedAt > maxMs) wrong.push(`took over ${maxMs} ms, to ${firstLine}`);
  return wrong;
}

function checkRaw(received: Buffer): string[] {
  if (received.length === 0) return [];
  const text = received.toString('latin1');
  if (!text.startsWith('HTTP/1.1 ')) return ['the response is no HTTP/1.1'];
  return text.split(/(?=HTTP\/1\.1 \d{3} )/).flatMap((response) => {
    const [head = ''] = response.split('\r\n\r\n', 1);
    const status = Number(head.slice(9, 12));
    if (status >= 500 && !refusals.has(status)) return [`responds with ${status}`];
    const isProblem = /\r\ncontent-type: application\/problem\+json/i.test(head);
    return status >= 400 && !isProblem ? [`responds with ${status} that is no problem`] : [];
  });
}
