import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisCluster, type RedisCluster } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import express from 'express';
import request from 'supertest';
import { WrongCredentialsError } from './domain/identity-errors';
import { createRequestLimits } from './limits/request-limits';
import { createSignInLimits } from './limits/sign-in-limits';

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

it('requests to begin sessions are counted over all gateways, at every node', async () => {
  const config = {
    RATE_LIMIT_ADDRESS_PER_MINUTE: 1,
    RATE_LIMIT_SESSION_PER_MINUTE: 1,
    RATE_LIMIT_API_KEY_PER_MINUTE: 1,
    RATE_LIMIT_AUTH_PER_MINUTE: 3,
  };
  const gateways = [createRequestLimits(redis, config), createRequestLimits(redis, config)];
  const refusals = await Promise.all(
    many.map(async (n) => {
      const limited = express()
        .set('trust proxy', true)
        .use(...gateways.map(({ auth }) => auth), (_req, res) => void res.json({}));
      const ask = () => request(limited).get('/').set('X-Forwarded-For', `10.0.1.${n}`);
      return [(await ask()).status, (await ask()).status];
    }),
  );
  for (const statuses of refusals) expect(statuses).toEqual([200, 500]);
  for (const count of await keysAtEachNode('limit:auth:*')) expect(count).toBeGreaterThan(0);
});

it('failed sign-ins are counted over all gateways when the keys of one attempt are at different nodes', async () => {
  const guess = () => Promise.reject(new WrongCredentialsError());
  const attempt = (n: number) =>
    createSignInLimits({ redis, queue: { maxWaitMs: 0 } })
      .attempt({ email: `a${n}@store.example`, address: `10.0.0.${n}` }, guess)
      .catch((error: { code: string }) => error.code);
  for (const n of many.slice(0, 12)) {
    const codes = await Promise.all(Array.from({ length: 10 }, () => attempt(n)));
    expect(new Set(codes)).toEqual(new Set(['WRONG_CREDENTIALS']));
    expect(await attempt(n)).toBe('TOO_MANY_ATTEMPTS');
  }
  for (const count of await keysAtEachNode('limit:login:*')) expect(count).toBeGreaterThan(0);
});
