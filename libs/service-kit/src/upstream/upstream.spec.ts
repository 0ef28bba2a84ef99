import dns from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveLocally, until } from '@badger-store/test-kit';
import { readResponse } from './exchange';
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  jest.restoreAllMocks();
});

/** A server, and the connections on which requests came. */
async function serve(listener: RequestListener = (_req, res) => void res.end()) {
  const connections = new Set<unknown>();
  const hosts = new Set<string | undefined>();
  const { url, close } = await serveLocally((req, res) => {
    connections.add(req.socket);
    hosts.add(req.headers.host);
    listener(req, res);
  });
  cleanUps.push(close);
  return { url, port: new URL(url).port, connections, hosts };
}

function upstreamAt(urls: string[], options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = createUpstream({ urls, ...options });
  cleanUps.push(upstream.close);
  return upstream;
}

const countAddresses = (upstream: Upstream) => [...upstream.roundRobin()].length;
async function get(upstream: Upstream, method = 'GET'): Promise<number> {
  const address = upstream.roundRobin().next().value;
  if (!address) throw new Error('an upstream has at least one address');
  return (await readResponse(address, { method, path: '/', headers: {} }, 2000)).status;
}

function resolveTo(...answers: (string[] | Error)[]) {
  return jest.spyOn(dns, 'lookup').mockImplementation((() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer?.map((address) => ({ address, family: 4 })));
  }) as unknown as typeof dns.lookup);
}

it('consecutive requests share a connection, HEAD included', async () => {
  const { url, connections } = await serve();
  const upstream = upstreamAt([url]);
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'GET']) {
    await get(upstream, method);
    // The connection is free a moment after the response has ended.
    await new Promise(setImmediate);
  }
  expect(connections.size).toBe(1);
});

it('a connection that was made while the process was held up is not given up', async () => {
  const { url, connections } = await serve();
  const upstream = upstreamAt([url], { connectMs: 20 });
  const response = get(upstream);
  const end = performance.now() + 100;
  while (performance.now() < end);
  expect(await response).toBe(200);
  expect(connections.size).toBe(1);
});

it('a request in flight ends although its server accepts no connection any more, as one does that drains', async () => {
  const server = createServer((_req, res) => {
    server.close();
    setTimeout(() => res.end(), 1000);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream = upstreamAt([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
  expect(await get(upstream)).toBe(200);
});

it('an upstream replaces a connection that exceeds its maximum age', async () => {
  const { url, connections } = await serve();
  const upstream = upstreamAt([url], { maxConnectionAgeMs: 30 });
  await until('a second connection is made', async () => {
    await get(upstream);
    return connections.size > 1;
  });
});

it('an upstream uses each resolved address of a host name, with the name in Host', async () => {
  const { port, hosts } = await serve();
  resolveTo(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  const upstream = upstreamAt([`http://store.test:${port}`]);
  await until('the addresses are known', () => countAddresses(upstream) === 3);
  for (let n = 0; n < 3; n += 1) await get(upstream).catch(() => undefined);
  expect([...hosts]).toEqual([`store.test:${port}`]);
});

it('an upstream adds and removes addresses after a DNS lookup', async () => {
  const { port } = await serve();
  const lookup = resolveTo(['127.0.0.2', '127.0.0.3'], ['127.0.0.1']);
  const upstream = upstreamAt([`http://store.test:${port}`], { lookupMs: 20 });
  await until('one address is left', () => lookup.mock.calls.length > 2 && countAddresses(upstream) === 1);
  expect(await get(upstream)).toBe(200);
});

it('an upstream keeps the last addresses when DNS lookups fail or find nothing', async () => {
  const { port } = await serve();
  const lookup = resolveTo(['127.0.0.1', '127.0.0.2'], new Error('SERVFAIL'), [], new Error('SERVFAIL'));
  const upstream = upstreamAt([`http://store.test:${port}`], { lookupMs: 10 });
  await until('more look-ups have failed', () => lookup.mock.calls.length > 5);
  expect(countAddresses(upstream)).toBe(2);
});

it('an upstream connects to an IPv6 address', async () => {
  const upstream = upstreamAt(['http://[::1]:1']);
  await expect(get(upstream)).rejects.toMatchObject({
    name: 'ConnectError',
    message: expect.stringContaining('::1:1'),
  });
});
