import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisCluster, type RedisCluster } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { WrongCredentialsError } from './domain/identity-errors';
import { createExactCounts } from './limits/exact-counts';
import { createSharedCounts } from './limits/shared-counts';
import { createSignInLimits, signInRules } from './limits/sign-in-limits';

let cluster: RedisCluster;
let redis: RedisClient;
beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ clusterNodes: [...cluster.nodes] }, () => undefined);
  await redis.ready(30_000);
});
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

it('places to sign in are counted over all gateways when the keys of one attempt are at different nodes', async () => {
  const rule = { places: 2, windowSeconds: hour / 1000 };
  const rules = {
    ...signInRules,
    ...{ address: { ...rule, name: 'address' }, accountAtAddress: { ...rule, name: 'account-address' } },
  };
  const guess = () => Promise.reject(new WrongCredentialsError());
  const codeOf = async (n: number) => {
    const limits = createSignInLimits({ redis, rules });
    const attempt = limits.attempt({ email: `a${n}@store.example`, address: `10.0.0.${n}` }, guess);
    return attempt.catch((error: { code: string }) => error.code);
  };
  const [wrong, refused] = ['WRONG_CREDENTIALS', 'TOO_MANY_ATTEMPTS'];
  for (const n of many) expect([await codeOf(n), await codeOf(n), await codeOf(n)]).toEqual([wrong, wrong, refused]);
  for (const count of await keysAtEachNode('limit:login:*')) expect(count).toBeGreaterThan(0);
});
