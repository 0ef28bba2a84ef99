import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { freePort, serveLocally } from '@badger-store/test-kit';
import { Router } from 'express';
import { swallowConnections } from '../testing/swallow-connections';
import { createForwarder, type ForwarderOptions } from './forwarder';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 5 };
const methods = ['GET', 'POST', 'PATCH', 'DELETE'];

async function forwardingTo(urls: string[], options: Partial<ForwarderOptions> = {}) {
  const { forward, close } = createForwarder({ name: 'spec', urls, deadlineMs: 10_000, connectMs: 100, ...options });
  const parts = { routes: Router().use(forward), checks: {}, close: async () => close() };
  const gateway = await serveLocally(assembleService(config, createLogger('spec', 'silent'), parts).app);
  cleanUps.push(() => gateway.close(), close);
  return (method = 'GET') => fetch(gateway.url, { method, body: /^P/.test(method) ? 'body' : undefined });
}

async function upstream(handler: RequestListener): Promise<string> {
  const server = await serveLocally(handler);
  cleanUps.push(() => server.close());
  return server.url;
}

async function hanging(): Promise<string> {
  const { url, close } = await swallowConnections();
  cleanUps.push(close);
  return url;
}

describe('replica that accepts no connections', () => {
  it.each(methods)(
    'a %s goes to the next replica, once, when the first accepts no connection in time',
    async (method) => {
      const received: string[] = [];
      const url = await upstream(async (req, res) => {
        received.push(`${req.method} ${await text(req)}`.trim());
        res.end();
      });
      const ask = await forwardingTo([await hanging(), url], { deadlineMs: 1000 });
      expect((await ask(method)).status).toBe(200);
      expect(received).toEqual([/^P/.test(method) ? `${method} body` : method]);
    },
  );

  it('a replica that accepts no connections is ejected after a few requests', async () => {
    const outliers = { consecutiveFailures: 2, baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
    const ask = await forwardingTo([await hanging(), await upstream((_req, res) => void res.end())], { outliers });
    for (let n = 0; n < 4; n += 1) await ask();
    const startedAt = performance.now();
    for (let n = 0; n < 20; n += 1) expect((await ask('POST')).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(20 * 100);
  });

  it('the response is 503 when the only replica accepts no connections', async () => {
    const response = await (await forwardingTo([await hanging()]))('POST');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_DOWN' });
  });
});

it('a request is attempted three times at most', async () => {
  let asked = 0;
  const breakingOff: RequestListener = (req) => {
    asked += 1;
    req.socket.destroy();
  };
  const urls = await Promise.all([1, 2, 3, 4, 5].map(() => upstream(breakingOff)));
  expect((await (await forwardingTo(urls))()).status).toBe(502);
  expect(asked).toBe(3);
});

it('all attempts of a request share one deadline', async () => {
  const urls = await Promise.all([1, 2, 3].map(() => hanging()));
  const response = await (await forwardingTo(urls, { connectMs: 400, deadlineMs: 600 }))();
  expect(response.status).toBe(504);
});

it('a response has Retry-After when all addresses refuse connections', async () => {
  const outliers = { consecutiveFailures: 1, baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
  const nowhere = async () => `http://127.0.0.1:${await freePort()}`;
  const ask = await forwardingTo([await nowhere(), await nowhere()], { outliers });
  for (let n = 0; n < 3; n += 1) {
    for (const method of methods) {
      const response = await ask(method);
      expect([method, response.status, response.headers.get('retry-after')]).toEqual([method, 503, '1']);
    }
  }
});
