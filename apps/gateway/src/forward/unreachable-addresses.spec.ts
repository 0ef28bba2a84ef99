import type { RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { freePort, serveLocally, serveLosably, until } from '@badger-store/test-kit';
import { Router } from 'express';
import { createForwarder, type ForwarderOptions } from './forwarder';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 5 };
const methods = ['GET', 'POST', 'PATCH', 'DELETE'];

async function forwardingTo(urls: string[], options: Partial<ForwarderOptions> = {}) {
  const { forward, close } = createForwarder({ name: 'spec', urls, deadlineMs: 10_000, ...options });
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

async function lost(): Promise<string> {
  const { url, lose, close } = await serveLosably();
  cleanUps.push(close);
  await lose();
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
      const ask = await forwardingTo([await lost(), url], { deadlineMs: 1000 });
      expect((await ask(method)).status).toBe(200);
      expect(received).toEqual([/^P/.test(method) ? `${method} body` : method]);
    },
  );

  it('a replica that accepts no connections is ejected by the first request', async () => {
    const outliers = { baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
    const ask = await forwardingTo([await lost(), await upstream((_req, res) => void res.end())], { outliers });
    await ask();
    const startedAt = performance.now();
    for (let n = 0; n < 20; n += 1) expect((await ask('POST')).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(20 * 250);
  });

  it('the response is 503 when the only replica accepts no connections', async () => {
    const response = await (await forwardingTo([await lost()]))('POST');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_DOWN' });
  });
});

describe('replica that is lost or hangs while it has connections', () => {
  /** Both replicas have responded to one request, and the first of them hangs. */
  async function hangingAfterResponses() {
    const hung = await serveLosably();
    const other = await serveLosably();
    cleanUps.push(hung.close, other.close);
    const ask = await forwardingTo([hung.url, other.url]);
    expect(await count(await ask())).toEqual([200, '1']);
    expect(await count(await ask())).toEqual([200, '1']);
    await hung.hang();
    return { ask, hung };
  }
  const count = async (response: Response) => [response.status, await response.text()];

  it('a read that was sent to a lost replica is repeated at the other one', async () => {
    const { ask, hung } = await hangingAfterResponses();
    const sent = ask();
    await hung.lose();
    expect(await count(await sent)).toEqual([200, '2']);
  });

  it('a change that was sent to a lost replica responds 502 and is not repeated, and later ones go to the other replica', async () => {
    const { ask, hung } = await hangingAfterResponses();
    const sent = ask('POST');
    await hung.lose();
    expect(await (await sent).json()).toMatchObject({ code: 'UPSTREAM_FAILED', status: 502 });
    for (const nth of ['2', '3', '4']) expect(await count(await ask('POST'))).toEqual([200, nth]);
  });

  it('a replica that hangs gets no further requests, and the requests that it has continue', async () => {
    const hung: ServerResponse[] = [];
    const ask = await forwardingTo([
      await upstream((_req, res) => void hung.push(res)),
      await upstream((_req, res) => void res.end()),
    ]);
    const pending = [ask('POST')];
    await until('both of two requests go to the other replica', async () => {
      const pair = [ask('POST'), ask('POST')];
      pending.push(...pair);
      return Promise.race([Promise.all(pair).then(() => true), sleep(200, false)]);
    });
    for (const res of hung) res.end();
    for (const { status } of await Promise.all(pending)) expect(status).toBe(200);
  });
});

it('a request is attempted three times at most', async () => {
  let asked = 0;
  const breakingOff: RequestListener = (req) => {
    // An address that is silent for a moment, on a busy machine, is probed too.
    if (req.url !== '/livez') asked += 1;
    req.socket.destroy();
  };
  const urls = await Promise.all([1, 2, 3, 4, 5].map(() => upstream(breakingOff)));
  expect((await (await forwardingTo(urls))()).status).toBe(502);
  expect(asked).toBe(3);
});

it('all attempts of a request share one deadline', async () => {
  const urls = await Promise.all([1, 2, 3].map(() => lost()));
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
