import { Redis } from 'ioredis';
import { connectRedis, type RedisClient } from '../index';
import { startRedisServer, type RedisServer } from '../testing';

let server: RedisServer;
let redis: RedisClient;
let raw: Redis;
beforeAll(async () => {
  server = await startRedisServer({ args: ['--maxmemory-policy', 'noeviction'] });
  raw = new Redis(server.url, { disableClientInfo: true });
  redis = connectRedis({ url: server.url }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  raw.disconnect();
  await redis.close();
  await server.stop();
});

it('the memory usage is 0 when Redis has no limit', async () => {
  expect(await redis.memoryUsage()).toBe(0);
});

it('the memory usage is the share of maxmemory that is used', async () => {
  await raw.config('SET', 'maxmemory', '20mb');
  const before = await redis.memoryUsage();
  for (let i = 0; i < 10; i += 1) await raw.set(`x${i}`, 'x'.repeat(1024 * 1024));
  expect((await redis.memoryUsage()) - before).toBeGreaterThan(0.45);
  expect(await redis.memoryUsage()).toBeLessThan(1);
});

it('the memory usage is unknown when Redis is unavailable', async () => {
  const unreachable = connectRedis({ url: 'redis://127.0.0.1:1' }, () => undefined);
  await expect(unreachable.memoryUsage()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await unreachable.close();
});
