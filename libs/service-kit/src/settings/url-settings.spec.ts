import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { get } from 'node:http';
import { getHost, hostPorts, httpOrigin, httpUrl, listenHost, postgresUrl, redisUrl } from './url-settings';

const getMessage = (schema: typeof httpOrigin, text: string) => schema.safeParse(text).error?.issues[0]?.message;

describe('a URL in a setting', () => {
  it.each([
    [httpOrigin, 'http://[::1]:3001'],
    [httpOrigin, 'http://inventory:3001/'],
    [httpOrigin, 'https://[2001:db8::1]'],
    [httpUrl, 'http://[::1]:3000/.well-known/jwks.json'],
    [redisUrl, 'redis://[::1]:6379/3'],
    [redisUrl, 'rediss://user:p%40ss@[::1]'],
    [postgresUrl, 'postgres://me:p%23ss@[::1]:5432/store?sslmode=disable'],
  ])('a URL setting accepts an IPv6 address and the parts that the program reads (%#: %s)', (schema, text) => {
    expect(schema.parse(text)).toBe(text);
  });

  it.each([
    [httpOrigin, 'http://me@inventory', 'must not contain a user or a password'],
    [httpOrigin, 'http://inventory/base', 'must not have a path'],
    [httpOrigin, 'http://inventory/?a=b', 'must not have a query'],
    [httpOrigin, 'http://inventory?', 'must not have a query'],
    [httpOrigin, 'http://inventory#x', 'must not have a fragment'],
    [httpOrigin, 'http://inventory:0', 'must name a port from 1 to 65535'],
    [httpOrigin, 'http://inventory:65536', 'must be an http(s) URL'],
    [httpOrigin, 'ftp://inventory', 'must be an http(s) URL'],
    [httpOrigin, 'http:inventory', 'must be an http(s) URL'],
    [httpOrigin, ' http://inventory', 'must be an http(s) URL'],
    [httpOrigin, 'http://::1:3001', 'must be an http(s) URL'],
    [httpOrigin, 'http://[::1', 'must be an http(s) URL'],
    [httpOrigin, 'https://api.stripe.com/v1', 'must not have a path'],
    [httpUrl, 'https://me:hunter2@gateway/jwks', 'must not contain a user or a password'],
    [httpUrl, 'file:///etc/passwd', 'must be an http(s) URL'],
    [redisUrl, 'redis://', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis:///3', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis://::1:6379', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis://redis/carts', 'must have no path, or a database number as its path'],
    [redisUrl, 'redis://redis/1/2', 'must have no path, or a database number as its path'],
    [redisUrl, 'redis://redis/-1', 'must have no path, or a database number as its path'],
    [redisUrl, 'redis://redis?db=3', 'must not have a query'],
    [redisUrl, 'redis://me:100%@redis', 'must have its user and password percent-encoded'],
    [postgresUrl, 'postgres://me:100%@postgres/store', 'must have its user and password percent-encoded'],
    [postgresUrl, 'postgres:///store', 'must be a postgres:// URL'],
  ])('a URL setting refuses a part that is invalid or would be ignored (%#: %s)', (schema, text, message) => {
    expect(getMessage(schema, text)).toBe(message);
  });

  it('a client connects to the IPv6 address of a URL setting', async () => {
    const server = createServer((_req, res) => res.end('here')).listen(0, '::1');
    await once(server, 'listening');
    const url = new URL(`http://[::1]:${(server.address() as AddressInfo).port}`);
    const [response] = (await once(get({ host: getHost(url), port: url.port }), 'response')) as [
      { statusCode: number },
    ];
    expect(response.statusCode).toBe(200);
    server.close();
    server.closeAllConnections();
  });
});

describe('a list of hosts and ports', () => {
  it('a list of hosts and ports accepts names, IPv4 and IPv6 addresses', () => {
    expect(hostPorts.parse('one:26379, 10.0.0.1:1,[::1]:26380')).toEqual([
      { host: 'one', port: 26379 },
      { host: '10.0.0.1', port: 1 },
      { host: '::1', port: 26380 },
    ]);
  });

  it.each([
    '',
    ',',
    'one',
    'one:',
    'one:0',
    'one:65536',
    'one:1e3',
    '::1:26379',
    '[::1]',
    '[:::]:1',
    '[one]:1',
    'a:1,b',
    'redis://a:1',
    'me@a:1',
    'a:1/0',
  ])('a list of hosts and ports refuses %j', (text) => {
    expect(hostPorts.safeParse(text).success).toBe(false);
  });
});

describe('the host to listen on', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['[::1]', '::1'],
    ['localhost', 'localhost'],
  ])('HOST accepts %s', (text, host) => {
    expect(listenHost.parse(text)).toBe(host);
  });

  it.each(['', '127.0.0.1:3000', '[::1]:3000', 'http://localhost', '256.0.0.1', '[localhost]', 'a b'])(
    'is refused when it is %j',
    (text) => {
      expect(listenHost.safeParse(text).success).toBe(false);
    },
  );
});
