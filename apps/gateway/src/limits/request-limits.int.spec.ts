import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { createRequestLimits, type RequestLimits } from './request-limits';

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  await redis.close();
  await server.stop();
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let last = 0;

describe('request limits', () => {
  const config = {
    RATE_LIMIT_ADDRESS_PER_MINUTE: 3,
    RATE_LIMIT_SESSION_PER_MINUTE: 100,
    RATE_LIMIT_API_KEY_PER_MINUTE: 100,
    RATE_LIMIT_AUTH_PER_MINUTE: 3,
  };
  async function limited(which: 'byAddress' | 'auth', client: RedisClient): Promise<LocalServer> {
    const limits: RequestLimits = createRequestLimits(client, config);
    const routes = Router().use(limits[which], (_req, res) => void res.json({}));
    const parts = { routes, checks: {}, trustedProxies: 1, close: () => Promise.resolve() };
    const settings = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
    const gateway = await serveLocally(assembleService(settings, createLogger('spec', 'silent'), parts).app);
    cleanUps.push(() => gateway.close());
    return gateway;
  }
  const ask = (gateway: LocalServer, address: string) => request(gateway.url).get('/').set('X-Forwarded-For', address);

  it.each(['byAddress', 'auth'] as const)(
    'the limit %s is in every response, and beyond it the response is 429 with Retry-After',
    async (which) => {
      const gateway = await limited(which, redis);
      const address = `10.0.${(last += 1)}.1`;
      for (const left of [2, 1, 0]) {
        const res = await ask(gateway, address);
        expect([res.status, res.get('ratelimit')]).toEqual([
          200,
          expect.stringMatching(new RegExp(`r=${left}; t=(60|5\\d)$`)),
        ]);
      }
      const refused = await ask(gateway, address);
      expect(refused.status).toBe(429);
      expect(refused.body.code).toBe('TOO_MANY_REQUESTS');
      expect(refused.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(refused.get('retry-after')).toMatch(/^(60|5\d)$/);
      expect(refused.get('ratelimit-policy')).toMatch(/q=3; w=60/);
      expect((await ask(gateway, `10.1.${last}.1`)).status).toBe(200);
    },
  );

  it('the addresses of one IPv6 network share one limit', async () => {
    const gateway = await limited('byAddress', redis);
    const network = `2001:db8:${(last += 1)}`;
    for (let n = 0; n < 3; n += 1) expect((await ask(gateway, `${network}:1::${n}`)).status).toBe(200);
    expect((await ask(gateway, `${network}:2::1`)).status).toBe(429);
  });

  it('the auth limit is shared by all gateways', async () => {
    const gateways = [await limited('auth', redis), await limited('auth', redis)] as const;
    const address = `10.3.${(last += 1)}.1`;
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await ask(gateways[n % 2 ? 1 : 0], address)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  it('the limit of forwarded requests is per gateway', async () => {
    const gateways = [await limited('byAddress', redis), await limited('byAddress', redis)] as const;
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) statuses.push((await ask(gateways[n % 2 ? 1 : 0], '10.4.0.1')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  });

  it('the auth limit is counted per gateway when Redis is unavailable', async () => {
    const unavailable = connectRedis({ url: 'redis://127.0.0.1:1' }, () => undefined);
    cleanUps.push(() => unavailable.close());
    const sessions = await limited('auth', unavailable);
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await ask(sessions, '10.2.0.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});
