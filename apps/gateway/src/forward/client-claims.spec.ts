import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import { toUpstreamHeaders } from './headers';

const gateways: LocalServer[] = [];
beforeAll(async () => {
  for (const trustedProxies of [0, 1, 2]) {
    const routes = Router().use((req, res) => void res.json(toUpstreamHeaders(req, 'the-id')));
    const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 5 };
    const parts = { routes, checks: {}, trustedProxies, close: () => Promise.resolve() };
    gateways.push(await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app));
  }
});
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

/** The value that services receive with no, one and two trusted proxies. */
const forwardedValues = (name: string, ...lines: string[]) =>
  Promise.all(
    gateways.map(async ({ port }) => {
      const socket = connect(port, '127.0.0.1');
      const headerLines = lines.map((line) => `${name}: ${line}`);
      socket.end(['GET / HTTP/1.1', 'Host: store', 'Connection: close', ...headerLines, '', ''].join('\r\n'), 'latin1');
      const [, body = ''] = (await text(socket)).split('\r\n\r\n');
      return (JSON.parse(body) as Record<string, string>)[name.toLowerCase()];
    }),
  );
const own = '127.0.0.1';

describe('the address of the client', () => {
  it.each([
    ['one value', ['10.0.0.1'], ['10.0.0.1', '10.0.0.1']],
    ['many values', [`${'6.6.6.6, '.repeat(1000)}10.0.0.1, 10.0.0.2`], ['10.0.0.2', '10.0.0.1']],
    ['many lines', ['6.6.6.6', '10.0.0.1', '10.0.0.2'], ['10.0.0.2', '10.0.0.1']],
    ['no space between', ['6.6.6.6,10.0.0.1,10.0.0.2'], ['10.0.0.2', '10.0.0.1']],
    ['IPv6', ['2001:db8::1, 2001:db8::2'], ['2001:db8::2', '2001:db8::1']],
    ['IPv4 in IPv6', ['::ffff:10.0.0.1, ::1'], ['::1', '::ffff:10.0.0.1']],
  ])('the client address is the one that the outermost trusted proxy reports: %s', async (_form, lines, [one, two]) => {
    expect(await forwardedValues('X-Forwarded-For', ...lines)).toEqual([own, one, two]);
  });

  it.each([
    ['nothing', ['']],
    ['commas', [',,,']],
    ['a name', ['localhost']],
    ['markup', ['<script>alert(1)</script>']],
    ['quotes', ['"10.0.0.1"']],
    ['an address with a port', ['10.0.0.1:8080, [2001:db8::1]:80']],
    ['too many numbers', ['10.0.0.1.1']],
    ['a network', ['10.0.0.0/8']],
    ['no ASCII', ['\xe9\xff\x80']],
    ['very long', ['a'.repeat(15_000)]],
    ['very long and nearly an address', [`${'2001:'.repeat(3000)}:1`]],
  ])('the client address is that of the connection when X-Forwarded-For has none: %s', async (_form, lines) => {
    expect(await forwardedValues('X-Forwarded-For', ...lines)).toEqual([own, own, own]);
  });
});

it('protocol and host are taken from trusted proxies only', async () => {
  expect(await forwardedValues('X-Forwarded-Proto', 'https')).toEqual(['http', 'https', 'https']);
  expect(await forwardedValues('X-Forwarded-Host', 'evil.example')).toEqual(['store', 'evil.example', 'evil.example']);
});

it('the first value of X-Forwarded-Proto and X-Forwarded-Host counts', async () => {
  expect(await forwardedValues('X-Forwarded-Proto', 'https', 'http')).toEqual(['http', 'https', 'https']);
  expect(await forwardedValues('X-Forwarded-Host', 'evil.example', 'store')).toEqual([
    'store',
    'evil.example',
    'evil.example',
  ]);
});
