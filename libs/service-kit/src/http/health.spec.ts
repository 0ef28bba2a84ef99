import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { assembleService } from '../assemble-service';
import { createLogger } from '../logger';
import { waitUntilUp, type HealthCheck } from './health';

const servers: LocalServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serve(checks: Record<string, HealthCheck> = {}, separateAdmin = false) {
  const routes = Router().get('/items/:id', (_req, res) => void res.json({}));
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 0, ADMIN_PORT: separateAdmin ? 0 : undefined };
  const log = createLogger('spec', 'silent');
  const parts = assembleService(config, log, { routes, checks, close: () => Promise.resolve() });
  const [main, admin] = await Promise.all([serveLocally(parts.app), serveLocally(parts.admin)]);
  servers.push(main, admin);
  return { main: request(main.url), admin: request(admin.url), lifecycle: parts.lifecycle };
}

const up = () => Promise.resolve();

describe('/livez', () => {
  it('/livez responds with 200 in every phase without a check', async () => {
    const check = jest.fn(up);
    const { main, lifecycle } = await serve({ redis: check });
    for (const phase of ['starting', 'serving', 'draining'] as const) {
      lifecycle.phase = phase;
      expect((await main.get('/livez')).status).toBe(200);
    }
    expect(check).not.toHaveBeenCalled();
  });
});

describe('/readyz', () => {
  it('/readyz is 200 while serving, and names the dependency that is down', async () => {
    const { main, lifecycle } = await serve({ redis: up, postgres: () => Promise.reject(new Error('hunter2')) });
    lifecycle.phase = 'serving';
    const res = await main.get('/readyz');
    expect(res.status).toBe(200);
    expect(res.body).toEqual({ status: 'serving', dependencies: { redis: 'up', postgres: 'down' } });
  });

  it('/readyz reports the state of an error instead of down', async () => {
    const readOnly = Object.assign(new Error('no writes'), { state: 'read-only' });
    const { main } = await serve({ postgres: () => Promise.reject(readOnly) });
    expect((await main.get('/readyz')).body.dependencies).toEqual({ postgres: 'read-only' });
  });

  it.each(['starting', 'draining'] as const)('/readyz is 503 while %s', async (phase) => {
    const { main, lifecycle } = await serve({ redis: up });
    lifecycle.phase = phase;
    const res = await main.get('/readyz');
    expect(res.status).toBe(503);
    expect(res.body).toEqual({ status: phase, dependencies: { redis: 'up' } });
  });

  it('/readyz reports down for a check that exceeds one second', async () => {
    const { main, lifecycle } = await serve({ redis: up, postgres: () => new Promise(() => undefined) });
    lifecycle.phase = 'serving';
    const startedAt = performance.now();
    const res = await main.get('/readyz');
    expect(performance.now() - startedAt).toBeLessThan(2500);
    expect(res.status).toBe(200);
    expect(res.body.dependencies).toEqual({ redis: 'up', postgres: 'down' });
  });

  it('/readyz reports down for a check that throws', async () => {
    const { main, lifecycle } = await serve({
      redis: () => {
        throw new Error('hunter2');
      },
    });
    lifecycle.phase = 'serving';
    const res = await main.get('/readyz');
    expect(res.status).toBe(200);
    expect(res.body.dependencies).toEqual({ redis: 'down' });
  });
});

describe('/metrics', () => {
  it('/metrics labels durations with the pattern of the route, not with the path', async () => {
    const { main } = await serve();
    await main.get('/items/b-17');
    await main.get('/wp-admin/b-17');
    const { status, text } = await main.get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/items/:id",status="200"} 1');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="none",status="404"} 1');
    expect(text).not.toContain('b-17');
  });
});

describe.each(['/livez', '/readyz', '/metrics'])('%s', (path) => {
  it(`${path} responds on both listeners without an admin port`, async () => {
    const { main, admin, lifecycle } = await serve();
    lifecycle.phase = 'serving';
    expect((await main.get(path)).status).toBe(200);
    expect((await admin.get(path)).status).toBe(200);
  });

  it(`${path} responds only on the admin port when there is one`, async () => {
    const { main, admin, lifecycle } = await serve({}, true);
    lifecycle.phase = 'serving';
    expect((await main.get(path)).status).toBe(404);
    expect((await admin.get(path)).status).toBe(200);
  });
});

it('the admin port has none of the public routes', async () => {
  const { admin } = await serve({}, true);
  expect((await admin.get('/items/7')).status).toBe(404);
});

describe('waitUntilUp', () => {
  it('waitUntilUp repeats the checks until all of them pass', async () => {
    let asked = 0;
    const third = () => (++asked < 3 ? Promise.reject(new Error('not yet')) : up());
    expect(await waitUntilUp({ redis: up, postgres: third }, 5000)).toBe(true);
    expect(asked).toBe(3);
  });

  it('waitUntilUp resolves to false when a check does not pass in time', async () => {
    expect(await waitUntilUp({ redis: up, postgres: () => Promise.reject(new Error('down')) }, 50)).toBe(false);
  });
});
