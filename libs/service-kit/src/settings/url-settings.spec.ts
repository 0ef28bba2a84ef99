import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { get } from 'node:http';
import { hostOf, hostPorts, httpOrigin, httpUrl, listenHost, postgresUrl, redisUrl, serviceUrl } from './url-settings';

const messageOf = (schema: typeof serviceUrl, text: string) => schema.safeParse(text).error?.issues[0]?.message;

describe('a URL in a setting', () => {
  it.each([
    [serviceUrl, 'http://[::1]:3001'],
    [serviceUrl, 'http://inventory:3001/'],
    [httpOrigin, 'https://[2001:db8::1]'],
    [httpUrl, 'http://[::1]:3000/.well-known/jwks.json'],
    [redisUrl, 'redis://[::1]:6379/3'],
    [redisUrl, 'rediss://user:p%40ss@[::1]'],
    [postgresUrl, 'postgres://me:p%23ss@[::1]:5432/store?sslmode=disable'],
  ])('is taken with an IPv6 address and with what its user reads (%#: %s)', (schema, text) => {
    expect(schema.parse(text)).toBe(text);
  });

  it.each([
    [serviceUrl, 'http://me@inventory', 'must not hold a user or a password'],
    [serviceUrl, 'http://inventory/base', 'must not have a path'],
    [serviceUrl, 'http://inventory/?a=b', 'must not have a query'],
    [serviceUrl, 'http://inventory?', 'must not have a query'],
    [serviceUrl, 'http://inventory#x', 'must not have a fragment'],
    [serviceUrl, 'http://inventory:0', 'must name a port from 1 to 65535'],
    [serviceUrl, 'http://inventory:65536', 'must be an http URL'],
    [serviceUrl, 'https://inventory', 'must be an http URL'],
    [serviceUrl, 'http:inventory', 'must be an http URL'],
    [serviceUrl, ' http://inventory', 'must be an http URL'],
    [serviceUrl, 'http://::1:3001', 'must be an http URL'],
    [serviceUrl, 'http://[::1', 'must be an http URL'],
    [httpOrigin, 'https://api.stripe.com/v1', 'must not have a path'],
    [httpUrl, 'https://me:hunter2@gateway/jwks', 'must not hold a user or a password'],
    [httpUrl, 'file:///etc/passwd', 'must be an http(s) URL'],
    [redisUrl, 'redis://', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis:///3', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis://::1:6379', 'must be a redis:// or rediss:// URL'],
    [redisUrl, 'redis://redis/carts', 'may have a database number as its path, and no other path'],
    [redisUrl, 'redis://redis/1/2', 'may have a database number as its path, and no other path'],
    [redisUrl, 'redis://redis/-1', 'may have a database number as its path, and no other path'],
    [redisUrl, 'redis://redis?db=3', 'must not have a query'],
    [redisUrl, 'redis://me:100%@redis', 'must have its user and password percent-encoded'],
    [postgresUrl, 'postgres://me:100%@postgres/store', 'must have its user and password percent-encoded'],
    [postgresUrl, 'postgres:///store', 'must be a postgres:// URL'],
  ])('is refused when a part of it would be ignored or is wrong (%#: %s)', (schema, text, message) => {
    expect(messageOf(schema, text)).toBe(message);
  });

  it('leads to the server when its host is an IPv6 address', async () => {
    const server = createServer((_req, res) => res.end('here')).listen(0, '::1');
    await once(server, 'listening');
    const url = new URL(`http://[::1]:${(server.address() as AddressInfo).port}`);
    const [response] = (await once(get({ host: hostOf(url), port: url.port }), 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    server.close();
    server.closeAllConnections();
  });
});

describe('a list of hosts and ports', () => {
  it('is taken when it has names, IPv4 and IPv6 addresses', () => {
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
  ])('is refused when it is %j', (text) => {
    expect(hostPorts.safeParse(text).success).toBe(false);
  });
});

describe('the host to listen on', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['[::1]', '::1'],
    ['localhost', 'localhost'],
  ])('is taken when it is %s', (text, host) => {
    expect(listenHost.parse(text)).toBe(host);
  });

  it.each(['', '127.0.0.1:3000', '[::1]:3000', 'http://localhost', '256.0.0.1', '[localhost]', 'a b'])(
    'is refused when it is %j',
    (text) => {
      expect(listenHost.safeParse(text).success).toBe(false);
    },
  );
});
