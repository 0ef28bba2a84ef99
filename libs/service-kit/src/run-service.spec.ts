import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort, serveLocally, until } from '@badger-store/test-kit';
import { createLogger } from './logger';
import { startService, type RunningService, type Service } from './run-service';

const running: RunningService[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  agents.splice(0).forEach((agent) => agent.destroy());
  await Promise.all(running.splice(0).map((service) => service.stop()));
});

const respond: RequestListener = (_req, res) => res.end('response');

function getService(parts: Partial<Service> = {}) {
  const close = jest.fn(() => Promise.resolve());
  const service: Service = {
    app: respond,
    admin: respond,
    port: 0,
    host: '127.0.0.1',
    drainSeconds: 5,
    lifecycle: { phase: 'starting' },
    log: createLogger('spec', 'silent'),
    close,
    ...parts,
  };
  return { service, close };
}

async function start(service: Service) {
  const started = await startService(service);
  running.push(started);
  return started;
}

/** A service that leaves its requests without a response until the test responds. */
async function startSlow(parts: Partial<Service> = {}) {
  const waiting: ServerResponse[] = [];
  const { service, close } = getService({ app: (_req, res) => void waiting.push(res), ...parts });
  const { port, stop } = await start(service);
  return { service, close, port, stop, waiting };
}

async function getResponse(port: number, agent?: Agent): Promise<IncomingMessage> {
  const [res] = (await once(get({ host: '127.0.0.1', port, agent: agent ?? false }), 'response')) as [IncomingMessage];
  return res;
}

const ask = async (port: number, agent?: Agent) => text(await getResponse(port, agent));

const isClosed = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(port, '127.0.0.1')
      .once('connect', () => resolve(false))
      .once('error', () => resolve(true));
    probe.once('connect', () => probe.destroy());
  });

const keepAlive = () => {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
};

describe('starting', () => {
  it('a started service listens and is in the phase serving', async () => {
    const { service } = getService();
    const { port } = await start(service);
    expect(service.lifecycle.phase).toBe('serving');
    expect(await ask(port)).toBe('response');
  });

  it('startService rejects when the port is in use', async () => {
    const other = await serveLocally(respond);
    const { service } = getService({ port: other.port });
    await expect(startService(service)).rejects.toMatchObject({ code: 'EADDRINUSE', port: other.port });
    expect(service.lifecycle.phase).toBe('starting');
    await other.close();
  });

  it('startService rejects when the admin port is in use, and frees the main port', async () => {
    const [other, port] = [await serveLocally(respond), await freePort()];
    await expect(startService(getService({ port, adminPort: other.port }).service)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: other.port,
    });
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await other.close();
  });
});

describe('stopping', () => {
  it('a draining service still responds, with Connection: close', async () => {
    const { port, stop, waiting } = await startSlow();
    const first = ask(port);
    await until('the first request is in flight', () => waiting.length === 1);
    const stopped = stop();
    const late = getResponse(port);
    await until('the second request is in flight', () => waiting.length === 2);
    for (const res of waiting) res.end('the end');
    expect(await first).toBe('the end');
    const res = await late;
    expect([res.headers.connection, await text(res)]).toEqual(['close', 'the end']);
    await stopped;
  });

  it('a service closes its dependencies after the last request in flight', async () => {
    const { service, close, port, stop, waiting } = await startSlow();
    const response = ask(port);
    await until('the request is in flight', () => waiting.length === 1);
    const stopped = stop();
    expect(service.lifecycle.phase).toBe('draining');
    await until('the port is closed', () => isClosed(port));
    expect(close).not.toHaveBeenCalled();
    waiting[0]?.end('the end');
    expect(await response).toBe('the end');
    await stopped;
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('stop does not wait for idle connections', async () => {
    const { port, stop, waiting } = await startSlow({ drainSeconds: 60 });
    const [idle, busy] = [keepAlive(), keepAlive()];
    const before = ask(port, idle);
    await until('the first request is in flight', () => waiting.length === 1);
    waiting[0]?.end();
    await before;
    const response = getResponse(port, busy);
    await until('the second request is in flight', () => waiting.length === 2);
    const stopped = stop();
    waiting[1]?.end('the end');
    const res = await response;
    expect(res.headers.connection).toBe('close');
    expect(await text(res)).toBe('the end');
    await stopped;
  });

  it('a connection closes after a response whose headers were sent before the drain', async () => {
    const { port, stop, waiting } = await startSlow({ drainSeconds: 60 });
    const response = ask(port, keepAlive());
    await until('the request is in flight', () => waiting.length === 1);
    waiting[0]?.write('the ');
    const stopped = stop();
    waiting[0]?.end('end');
    expect(await response).toBe('the end');
    await stopped;
  });

  it('stop destroys connections with requests in flight after drainSeconds', async () => {
    const { close, port, stop, waiting } = await startSlow({ drainSeconds: 0.1 });
    const cut = expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await until('the request is in flight', () => waiting.length === 1);
    await stop();
    await cut;
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('the admin port responds until the service is closed', async () => {
    const adminPort = await freePort();
    const close = jest.fn(async () => {
      expect(await ask(adminPort)).toBe('response');
    });
    const { stop } = await start(getService({ adminPort, close }).service);
    await stop();
    expect(close).toHaveBeenCalledTimes(1);
    await expect(ask(adminPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('stop closes the service once when it is called twice', async () => {
    const { service, close } = getService();
    const { stop } = await start(service);
    await Promise.all([stop(), stop()]);
    await stop();
    expect(close).toHaveBeenCalledTimes(1);
  });
});
