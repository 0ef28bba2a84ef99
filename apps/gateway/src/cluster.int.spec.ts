import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisCluster, type RedisCluster } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { createExactCounts } from './limits/exact-counts';
import { createLoginThrottle } from './limits/login-throttle';
import { createSharedCounts } from './limits/shared-counts';

let cluster: RedisCluster;
let redis: RedisClient;
beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ clusterNodes: [...cluster.nodes] }, () => undefined);
  await redis.ready(5000);
}, 40_000);
afterAll(async () => {
  await redis.close();
  await cluster.stop();
});

const hour = 3_600_000;
/** So long that no test runs over its end. */
const windowMs = 24 * 365 * hour;
const many = Array.from({ length: 60 }, (_, n) => n);

/** So that a test that passes has been at every node. */
async function keysAtEachNode(pattern: string): Promise<number[]> {
  return Promise.all(
    cluster.servers.map(async ({ url }) => {
      const node = new Redis(url);
      const keys = await node.keys(pattern);
      node.disconnect();
      return keys.length;
    }),
  );
}

it('requests are counted over all gateways, at every node', async () => {
  const failures: unknown[] = [];
  const options = {
    redis,
    name: 'spec',
    windowMs,
    exchangeMs: hour,
    report: (error: unknown) => failures.push(error),
  };
  const gateways = [createSharedCounts(options), createSharedCounts(options)] as const;
  for (const gateway of gateways) for (const n of many) void gateway.increment(`address ${n}`);
  for (const gateway of gateways) await gateway.exchange();
  for (const n of many) expect(await gateways[1].increment(`address ${n}`)).toMatchObject({ totalHits: 3 });
  for (const count of await keysAtEachNode('{limit:*')) expect(count).toBeGreaterThan(0);
  for (const gateway of gateways) gateway.shutdown();
  expect(failures).toEqual([]);
});

it('requests to begin sessions are counted exactly, at every node', async () => {
  const gateways = [1, 2].map(() =>
    createExactCounts({ redis, name: 'exact', windowMs, seen: new LRUCache<string, number>({ max: 1000 }) }),
  );
  for (const n of many) {
    const counted = await Promise.all([...gateways, ...gateways].map((gateway) => gateway.increment(`address ${n}`)));
    expect(counted.map(({ totalHits }) => totalHits).sort()).toEqual([1, 2, 3, 4]);
  }
  for (const count of await keysAtEachNode('limit:exact:*')) expect(count).toBeGreaterThan(0);
});

it('attempts to sign in are slowed down, though account and address are at different nodes', async () => {
  const rule = { freeFailures: 2, firstDelayMs: hour, longestDelayMs: hour, lifeMs: hour };
  const attempt = async (n: number) => {
    const keys = { account: `a${n}@store.example`, address: `10.0.0.${n}` };
    // A gateway of its own each time, which has seen nothing: Redis decides.
    const gateway = createLoginThrottle({ redis, account: rule, address: rule });
    return (await gateway.attempt(keys)).retryAfterMs === 0;
  };
  for (const n of many) expect([await attempt(n), await attempt(n), await attempt(n)]).toEqual([true, true, false]);
  for (const count of await keysAtEachNode('limit:login:*')) expect(count).toBeGreaterThan(0);
});
