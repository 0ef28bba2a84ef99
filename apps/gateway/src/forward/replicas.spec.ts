import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { assembleService, createLogger, startService } from '@badger-store/service-kit';
import { freePort, serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import express, { Router, type Request, type Response } from 'express';
import { createForwarder, type ForwarderOptions } from './forwarder';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 5 };
const log = createLogger('spec', 'silent');

async function forwardingTo(urls: string[], options: Partial<ForwarderOptions> = {}) {
  const { forward, close } = createForwarder({ name: 'spec', urls, deadlineMs: 2000, ...options });
  const routes = Router().use(forward);
  const { app } = assembleService(config, log, { routes, checks: {}, close: async () => close() });
  const gateway = await serveLocally(app);
  cleanUps.push(() => gateway.close(), close);
  return gateway;
}

async function upstream(handler: RequestListener): Promise<LocalServer> {
  // Under load a response takes longer than an upstream may be silent, and the gateway probes it.
  const server = await serveLocally((req, res) => (req.url === '/livez' ? res.end() : handler(req, res)));
  cleanUps.push(() => server.close());
  return server;
}

const nowhere = async () => `http://127.0.0.1:${await freePort()}`;
const ask = (gateway: LocalServer, init: RequestInit = {}, path = '/') => fetch(gateway.url + path, init);
const post = (gateway: LocalServer, body = 'body') => ask(gateway, { method: 'POST', body });

describe('replicas', () => {
  it('replicas receive requests in turn', async () => {
    const names = ['one', 'two', 'three'];
    const urls: string[] = [];
    for (const name of names) urls.push((await upstream((_req, res) => void res.end(name))).url);
    const gateway = await forwardingTo(urls);
    const texts: string[] = [];
    for (let n = 0; n < 6; n += 1) texts.push(await (await ask(gateway)).text());
    expect(texts).toEqual([...names, ...names]);
  });

  it('an unreachable replica is skipped, and then ejected', async () => {
    const bodies: string[] = [];
    const { url } = await upstream(async (req, res) => void res.end(String(bodies.push(await text(req)))));
    const gateway = await forwardingTo([await nowhere(), url, await nowhere()]);
    for (let n = 0; n < 12; n += 1) expect((await post(gateway, `body ${n}`)).status).toBe(200);
    expect(bodies).toEqual(Array.from({ length: 12 }, (_, n) => `body ${n}`));
  });

  it('a read is repeated at another replica when a replica closes the connection', async () => {
    let broken = 0;
    const bad = await upstream((req) => {
      broken += 1;
      req.socket.destroy();
    });
    const good = await upstream((_req, res) => void res.end('good'));
    const gateway = await forwardingTo([bad.url, good.url]);
    for (let n = 0; n < 4; n += 1) expect((await ask(gateway)).status).toBe(200);
    expect(broken).toBe(2);
  });

  it('a change is sent once and responds 502 when a replica closes the connection', async () => {
    let received = 0;
    const handler: RequestListener = (req) => {
      received += 1;
      req.socket.destroy();
    };
    const gateway = await forwardingTo([(await upstream(handler)).url, (await upstream(handler)).url]);
    for (const init of [{ method: 'POST', body: 'x' }, { method: 'DELETE' }, { method: 'PATCH', body: 'x' }]) {
      const before = received;
      const { status } = await ask(gateway, init);
      expect([init.method, status, received - before]).toEqual([init.method, 502, 1]);
    }
  });

  it('a replica that does not respond is ejected while another responds', async () => {
    let asked = 0;
    const silent = await upstream(() => void (asked += 1));
    const good = await upstream((_req, res) => void res.end());
    const outliers = { consecutiveFailures: 2, baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
    const gateway = await forwardingTo([silent.url, good.url], { deadlineMs: 500, outliers });
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) statuses.push((await ask(gateway)).status);
    expect(statuses).toEqual([504, 200, 504, 200, 200, 200, 200, 200]);
    expect(asked).toBe(2);
  });

  it('all replicas receive requests when all are ejected', async () => {
    let asked = 0;
    let isSilent = true;
    const { url } = await upstream((_req, res) => {
      asked += 1;
      if (!isSilent) res.end();
    });
    const outliers = { consecutiveFailures: 1, baseEjectionMs: 60_000, maxEjectionMs: 60_000 };
    const gateway = await forwardingTo([url], { deadlineMs: 500, outliers });
    for (let n = 0; n < 3; n += 1) expect((await ask(gateway)).status).toBe(504);
    isSilent = false;
    expect([(await ask(gateway)).status, asked]).toEqual([200, 4]);
  });

  it.each([
    ['GET', '/Cart', {}, 2],
    ['POST', '/Cart/Item', { 'Idempotency-Key': 'k-1' }, 2],
    ['POST', '/Cart/Item', {}, 1],
    ['PATCH', '/Cart/Item/a', { 'Idempotency-Key': 'k-1' }, 1],
    ['DELETE', '/Cart', { 'Idempotency-Key': 'k-1' }, 1],
    ['POST', '/Cart/checkout', { 'Idempotency-Key': 'k-1' }, 1],
  ])('replicas that close the connection receive %s %s with %j %i times', async (method, path, headers, attempts) => {
    const received: string[] = [];
    const handler: RequestListener = (req) => {
      void text(req).then((content) => {
        received.push(`${req.method} ${req.url} ${content}`);
        req.socket.destroy();
      });
    };
    const gateway = await forwardingTo([(await upstream(handler)).url, (await upstream(handler)).url]);
    const body = method === 'POST' ? '{"id":"a"}' : undefined;
    expect((await ask(gateway, { method, headers, body }, path)).status).toBe(502);
    expect(received).toEqual(Array.from({ length: attempts }, () => `${method} ${path} ${body ?? ''}`));
  });

  it('a replica that responds with 5xx is not ejected', async () => {
    let asked = 0;
    const { url } = await upstream((_req, res) => {
      asked += 1;
      res.writeHead(500).end();
    });
    const gateway = await forwardingTo([url], { outliers: { consecutiveFailures: 1 } });
    for (let n = 0; n < 5; n += 1) expect((await ask(gateway)).status).toBe(500);
    expect(asked).toBe(5);
  });

  it('a replica receives requests again when it is back', async () => {
    const port = await freePort();
    const outliers = { consecutiveFailures: 1, baseEjectionMs: 10, maxEjectionMs: 20 };
    const gateway = await forwardingTo([`http://127.0.0.1:${port}`], { outliers });
    expect((await ask(gateway)).status).toBe(503);
    const app = express().use((_req: Request, res: Response) => void res.end('back'));
    const back = app.listen(port, '127.0.0.1');
    cleanUps.push(() => new Promise((resolve) => back.close(resolve)));
    await until('the upstream is found', async () => (await ask(gateway)).status === 200);
  });

  it('no request fails while replicas are restarted one after the other under load', async () => {
    const ports = [await freePort(), await freePort()];
    const start = (port: number) => {
      const routes = Router().use((req: Request, res: Response) => {
        req.resume().once('end', () => setTimeout(() => res.json({ port }), 2));
      });
      const parts = { routes, checks: {}, close: () => Promise.resolve() };
      return startService(assembleService({ ...config, PORT: port }, log, parts));
    };
    const running = [await start(ports[0] ?? 0), await start(ports[1] ?? 0)];
    const gateway = await forwardingTo(ports.map((port) => `http://127.0.0.1:${port}`));
    const agent = new Agent({ keepAlive: true, maxSockets: 40 });
    let stopped = false;
    const statuses = new Map<number | string, number>();
    const load = Array.from({ length: 20 }, async (_, n) => {
      while (!stopped) {
        const status = await getStatus(gateway, agent, n % 2 ? 'GET' : 'POST');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const served = () => statuses.get(200) ?? 0;
    for (const [index, port] of [...ports, ...ports].entries()) {
      const before = served();
      await until('the load has started', () => served() > before + 200);
      await running[index % 2]?.stop();
      running[index % 2] = await start(port);
    }
    stopped = true;
    await Promise.all(load);
    agent.destroy();
    await Promise.all(running.map((service) => service.stop()));
    expect([...statuses.keys()]).toEqual([200]);
    expect(served()).toBeGreaterThan(800);
  });
});

async function getStatus(gateway: LocalServer, agent: Agent, method: string): Promise<number | string> {
  const req = httpRequest({ host: '127.0.0.1', port: gateway.port, agent, method });
  req.end(method === 'POST' ? 'body' : undefined);
  try {
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    await text(res);
    return res.statusCode ?? 0;
  } catch (error) {
    return String(error);
  }
}

describe('body limits', () => {
  it('a declared body above 64 KiB is refused before an upstream is asked', async () => {
    let asked = 0;
    const { url } = await upstream((_req, res) => {
      asked += 1;
      res.end();
    });
    const gateway = await forwardingTo([url]);
    const res = await post(gateway, 'x'.repeat(64 * 1024 + 1));
    expect([res.status, asked]).toEqual([413, 0]);
    expect((await post(gateway, 'x'.repeat(64 * 1024))).status).toBe(200);
  });

  it('a chunked body above 64 KiB is refused before an upstream is asked', async () => {
    let asked = 0;
    const { url } = await upstream((_req, res) => {
      asked += 1;
      res.end();
    });
    const gateway = await forwardingTo([url]);
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: store\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let n = 0; n < 6; n += 1) socket.write(chunk);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
    expect(asked).toBe(0);
  });
});

it('a change continues when its client disconnects', async () => {
  let respond: (() => void) | undefined;
  let finished: boolean | undefined;
  const { url } = await upstream((req, res) => {
    req.resume();
    respond = () => void res.end('done');
    res.once('close', () => (finished = res.writableFinished));
  });
  const gateway = await forwardingTo([url]);
  const req = httpRequest({ host: '127.0.0.1', port: gateway.port, method: 'PATCH', agent: false });
  req.on('error', () => undefined).end('body');
  await until('the upstream has the request', () => respond !== undefined);
  req.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(finished).toBeUndefined();
  respond?.();
  await until('the upstream has responded', () => finished !== undefined);
  expect(finished).toBe(true);
});
