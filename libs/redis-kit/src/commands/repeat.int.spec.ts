import { freePort } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, type RedisClient } from '../index';
import { startRedisServer, type RedisServer } from '../testing';
import { increment } from '../testing/increment';

let server: RedisServer;
let inspector: Redis;
const clients: RedisClient[] = [];

beforeAll(async () => {
  server = await startRedisServer();
  inspector = new Redis(server.url);
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
afterAll(async () => {
  inspector.disconnect();
  await server.stop();
});

function connect(url: string, deadlineMs: number) {
  const client = connectRedis({ url, deadlineMs }, () => undefined);
  clients.push(client);
  return client;
}

it('a repeated call succeeds once Redis accepts writes again, and is run once', async () => {
  const client = connect(server.url, 10_000);
  await client.ready(30_000);
  await inspector.config('SET', 'min-replicas-to-write', '1');
  await expect(client.run(increment, 'refused')).rejects.toMatchObject({ outcomeUnknown: false });
  const repeated = client.repeating().run(increment, 'refused');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await inspector.config('SET', 'min-replicas-to-write', '0');
  expect(await repeated).toBe(1);
});

it('a repeated call succeeds once Redis is connected', async () => {
  const port = await freePort();
  const client = connect(`redis://127.0.0.1:${port}`, 10_000);
  const repeated = client.repeating().run(increment, 'early');
  const late = await startRedisServer({ port });
  expect(await repeated).toBe(1);
  await client.close();
  await late.stop();
});

it('no add fails while writes are held back for less than the deadline', async () => {
  const client = connect(server.url, 5000);
  await client.ready(30_000);
  await inspector.client('PAUSE', 500, 'WRITE');
  const adds = Array.from({ length: 50 }, () => client.repeating().run(increment, 'held-back'));
  await Promise.all(adds);
  expect(await inspector.get('held-back')).toBe('50');
});

it('a repeated call rejects at its deadline, with a known outcome, when Redis is down', async () => {
  const client = connect(`redis://127.0.0.1:${await freePort()}`, 300);
  await expect(client.repeating().run(increment, 'down')).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    outcomeUnknown: false,
  });
});

it('a call whose outcome is unknown is not repeated', async () => {
  const port = await freePort();
  const lost = await startRedisServer({ port });
  const client = connect(lost.url, 10_000);
  await client.ready(30_000);
  // So that the clocks are compared, and the next call is sent at once.
  await client.run(increment, 'known');
  lost.process.kill('SIGSTOP');
  const call = client.repeating().run(increment, 'unknown');
  const rejected = expect(call).rejects.toMatchObject({ outcomeUnknown: true });
  await new Promise(setImmediate);
  await lost.stop('SIGKILL');
  const next = await startRedisServer({ port });
  await rejected;
  await client.ready(30_000);
  expect(await client.run(increment, 'unknown')).toBe(1);
  await next.stop();
});

it('calls that Redis refuses for longer than a second are not repeated', async () => {
  const client = connect(server.url, 10_000);
  await client.ready(30_000);
  await inspector.config('SET', 'maxmemory', '1');
  const startedAt = performance.now();
  try {
    await expect(client.repeating().run(increment, 'full')).rejects.toMatchObject({ outcomeUnknown: false });
  } finally {
    await inspector.config('SET', 'maxmemory', '0');
  }
  expect(performance.now() - startedAt).toBeLessThan(9000);
});

it('a repeated call ends when the client is closed', async () => {
  const client = connect(`redis://127.0.0.1:${await freePort()}`, 30_000);
  const call = client.repeating().run(increment, 'closed');
  const rejected = expect(call).rejects.toMatchObject({ outcomeUnknown: false });
  await client.close();
  await rejected;
});
