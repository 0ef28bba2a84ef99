import { connectRedis, type CallReport, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { createRequestLimits, type RequestLimits } from './request-limits';
import { createSharedCounts, type SharedCounts } from './shared-counts';

let server: RedisServer;
let redis: RedisClient;
const calls: CallReport[] = [];
beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url, onCall: (call) => void calls.push(call) }, () => undefined);
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
const reports: unknown[] = [];
const windowMs = 600_000;
function countsOf(name: string, options: { mostKeys?: number; exchangeMs?: number } = {}): SharedCounts {
  const counts = createSharedCounts({
    ...{ redis, name, windowMs, exchangeMs: 60_000, report: (error: unknown) => void reports.push(error) },
    ...options,
  });
  cleanUps.push(() => counts.shutdown());
  return counts;
}
const newName = () => `spec-${(last += 1)}`;
const hits = async (counts: SharedCounts, key: string) => (await counts.increment(key)).totalHits;

describe('counts that gateways share', () => {
  it('are one count after they were exchanged', async () => {
    const name = newName();
    const [one, other] = [countsOf(name), countsOf(name)];
    for (let n = 1; n <= 5; n += 1) expect(await hits(one, 'somebody')).toBe(n);
    expect(await hits(other, 'somebody')).toBe(1);
    await one.exchange();
    await other.exchange();
    expect(await hits(other, 'somebody')).toBe(7);
    expect(await hits(other, 'somebody else')).toBe(1);
  });

  it('of many requests cost a call for each slot, not one for each request', async () => {
    const counts = countsOf(newName());
    for (let n = 0; n < 10_000; n += 1) void counts.increment(`somebody ${n % 300}`);
    calls.length = 0;
    await counts.exchange();
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.length).toBeLessThanOrEqual(16);
    await counts.exchange();
    expect(calls.length).toBeLessThanOrEqual(16);
  });

  it('lose nothing that is counted while they are exchanged', async () => {
    const name = newName();
    const [one, other] = [countsOf(name), countsOf(name)];
    for (let round = 0; round < 20; round += 1) {
      const exchanged = one.exchange();
      for (let n = 0; n < 50; n += 1) void one.increment('somebody');
      await exchanged;
    }
    await one.exchange();
    void other.increment('somebody');
    await other.exchange();
    expect(await hits(other, 'somebody')).toBe(1002);
  });

  it('are kept of so many, and of the rest the least recently used are forgotten', async () => {
    const counts = countsOf(newName(), { mostKeys: 100 });
    for (let n = 0; n < 10_000; n += 1) void counts.increment(`address ${n}`);
    expect(await hits(counts, 'address 0')).toBe(1);
    expect(await hits(counts, 'address 9999')).toBe(2);
  });

  it('go on here while Redis hangs, tell of it once, and are shared again by themselves', async () => {
    const name = newName();
    const counts = countsOf(name, { exchangeMs: 20 });
    await until('they are exchanged', async () => (await hits(counts, 'somebody')) > 3);
    reports.length = 0;
    server.process.kill('SIGSTOP');
    await until('the outage is told', () => reports.length === 1);
    const before = await hits(counts, 'somebody');
    expect(await hits(counts, 'somebody')).toBe(before + 1);
    server.process.kill('SIGCONT');
    await until('the recovery is told', async () => {
      await hits(counts, 'somebody');
      return reports.length === 2;
    });
    expect(reports).toEqual([expect.objectContaining({ code: 'REDIS_UNAVAILABLE' }), undefined]);
  });
});

describe('a limit', () => {
  // Ten seconds into the minute, which does not end: a test that runs over its end would be given a new count.
  beforeEach(() => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now - (now % 60_000) + 10_000);
  });
  afterEach(() => void jest.restoreAllMocks());

  const config = {
    RATE_LIMIT_ADDRESS_PER_MINUTE: 3,
    RATE_LIMIT_SESSION_PER_MINUTE: 100,
    RATE_LIMIT_API_KEY_PER_MINUTE: 100,
    RATE_LIMIT_AUTH_PER_MINUTE: 3,
  };
  async function limited(which: 'byAddress' | 'auth', client: RedisClient): Promise<LocalServer> {
    const limits: RequestLimits = createRequestLimits({ redis: client, config, report: () => undefined });
    const routes = Router().use(limits[which], (_req, res) => void res.json({}));
    const parts = { routes, checks: {}, trustedProxies: 1, close: () => Promise.resolve() };
    const settings = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
    const gateway = await serveLocally(assembleService(settings, createLogger('spec', 'silent'), parts).app);
    cleanUps.push(() => gateway.close(), limits.close);
    return gateway;
  }
  const ask = (gateway: LocalServer, address: string) => request(gateway.url).get('/').set('X-Forwarded-For', address);

  it.each(['byAddress', 'auth'] as const)(
    '%s is told in every answer; beyond it there is 429, with the time to wait',
    async (which) => {
      const gateway = await limited(which, redis);
      const address = `10.0.${(last += 1)}.1`;
      for (const left of [2, 1, 0]) {
        const res = await ask(gateway, address);
        expect([res.status, res.get('ratelimit')]).toEqual([200, expect.stringContaining(`r=${left}; t=50`)]);
      }
      const refused = await ask(gateway, address);
      expect(refused.status).toBe(429);
      expect(refused.body.code).toBe('TOO_MANY_REQUESTS');
      expect(refused.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(refused.get('retry-after')).toBe('50');
      expect(refused.get('ratelimit-policy')).toMatch(/q=3; w=60/);
      expect((await ask(gateway, `10.1.${last}.1`)).status).toBe(200);
    },
  );

  it('of a network of IPv6 addresses is one', async () => {
    const gateway = await limited('byAddress', redis);
    const network = `2001:db8:${(last += 1)}`;
    for (let n = 0; n < 3; n += 1) expect((await ask(gateway, `${network}:1::${n}`)).status).toBe(200);
    expect((await ask(gateway, `${network}:2::1`)).status).toBe(429);
  });

  it('on sessions and passwords goes on by a count of this gateway when Redis is unavailable', async () => {
    const away = connectRedis({ url: 'redis://127.0.0.1:1' }, () => undefined);
    cleanUps.push(() => away.close());
    const sessions = await limited('auth', away);
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await ask(sessions, '10.2.0.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});
