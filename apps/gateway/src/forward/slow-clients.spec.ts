import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router, type RequestHandler } from 'express';
import { createForwarder } from './forwarder';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const deadlineMs = 200;
const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 5 };
const outliers = { consecutiveFailures: 1, baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
const atOnce: RequestHandler = (_req, _res, next) => next();

async function forwardingTo(urls: string[], before: RequestHandler = atOnce) {
  const { forward, close } = createForwarder({ name: 'spec', urls, deadlineMs, outliers });
  const { app } = assembleService(config, createLogger('spec', 'silent'), {
    routes: Router().use(before, forward),
    checks: {},
    close: async () => close(),
  });
  const gateway = await serveLocally(app);
  cleanUps.push(() => gateway.close(), close);
  return gateway;
}

async function upstream(handler: RequestListener): Promise<string> {
  const server = await serveLocally(handler);
  cleanUps.push(() => server.close());
  return server.url;
}

function send(gateway: LocalServer, body: string, method = 'POST') {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${method} / HTTP/1.1\r\nHost: store\r\nContent-Length: 10\r\n\r\n${body}`);
  cleanUps.push(() => socket.destroy());
  return socket;
}

const afterTheBody: RequestListener = (req, res) => {
  req
    .on('error', () => undefined)
    .resume()
    .once('end', () => res.end('response'));
};

it.each(['POST', 'GET'])(
  'clients that send the body of a %s slowly hold no connection to an upstream',
  async (method) => {
    const connections = new Set<unknown>();
    const gateway = await forwardingTo([
      await upstream((req, res) => {
        connections.add(req.socket);
        res.end();
      }),
    ]);
    const slow = Array.from({ length: 700 }, () => send(gateway, 'half', method));
    await until('all are connected', () => slow.every((socket) => !socket.connecting));
    for (let n = 0; n < 5; n += 1) expect((await fetch(gateway.url)).status).toBe(200);
    expect(connections.size).toBeLessThanOrEqual(5);
    expect(slow.every((socket) => socket.writable)).toBe(true);
  },
);

it.each(['end', 'resetAndDestroy'] as const)(
  'a client that disconnects (%s) while its request waits does not eject the address',
  async (leave) => {
    let waiting: (() => void) | undefined;
    let left = false;
    const gateway = await forwardingTo([await upstream(afterTheBody)], (req, _res, next) => {
      if (req.method === 'GET') return next();
      req.once('close', () => (left = true));
      waiting = next;
    });
    const socket = send(gateway, '0123456789');
    await until('the request waits for its turn', () => waiting !== undefined);
    socket[leave]();
    await until('the client is gone', () => left);
    waiting?.();
    // What is forwarded without its body would be held against the upstream at the deadline.
    await sleep(3 * deadlineMs);
    expect((await fetch(gateway.url)).status).toBe(200);
  },
);
