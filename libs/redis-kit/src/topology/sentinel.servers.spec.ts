import { performance } from 'node:perf_hooks';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, type RedisClient, type RedisEvent } from '../index';
import { startRedisSentinel, type RedisSentinel } from '../testing';
import { startTrickle } from '../testing/trickle';

const deadlineMs = 500;
let redis: RedisSentinel;
let client: RedisClient;
let events: RedisEvent['state'][];

beforeEach(async () => {
  redis = await startRedisSentinel();
  events = [];
  const { sentinels, sentinelName } = redis;
  client = connectRedis({ sentinels, sentinelName, connectionName: 'spec', deadlineMs }, ({ state }) =>
    events.push(state),
  );
  await client.ready(30_000);
});

afterEach(async () => {
  await client.close();
  await redis.stop();
});

const counted = async (key: string): Promise<number> => {
  const { host, port } = await redis.primary(1);
  const inspector = new Redis({ host, port });
  const value = Number(await inspector.get(key));
  inspector.disconnect();
  return value;
};

/** Resolves with the time at which a sentinel that is well named another primary. */
async function newPrimaryNamed(oldPort: number, sentinel = 0): Promise<number> {
  await until('there is a new primary', async () => (await redis.primary(sentinel)).port !== oldPort, 20_000);
  return performance.now();
}

it('finds the new primary when the old primary dies, and each call settles with its true outcome', async () => {
  const { port } = await redis.primary();
  const trickle = startTrickle(client, () => 'before');
  await until('calls get through', () => trickle.acknowledged > 20);
  await redis.servers[0]?.stop('SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, deadlineMs));
  await trickle.stop();

  const after = startTrickle(client, () => 'after');
  const named = await newPrimaryNamed(port);
  await until('calls get through again', () => after.acknowledged > 20, 20_000);
  expect(after.lastSuccessAt() - named).toBeLessThan(3000);
  await after.stop();

  for (const { slowestMs, surprises } of [trickle, after]) {
    expect(surprises).toEqual([]);
    expect(slowestMs).toBeLessThan(2 * deadlineMs);
  }
  const value = await counted('after');
  expect(value).toBeGreaterThanOrEqual(after.acknowledged);
  expect(value).toBeLessThanOrEqual(after.acknowledged + after.unclear);
  expect(events).toContain('failover');
});

it('leaves a primary that hangs, and prints nothing, when a sentinel hangs too', async () => {
  const printed = [jest.spyOn(console, 'error'), jest.spyOn(console, 'warn')];
  const { port } = await redis.primary();
  redis.servers[0]?.process.kill('SIGSTOP');
  redis.sentinelProcesses[0]?.process.kill('SIGSTOP');
  const trickle = startTrickle(client, () => 'hung');
  const named = await newPrimaryNamed(port, 1);
  await until('calls get through again', () => trickle.acknowledged > 20, 20_000);
  expect(trickle.lastSuccessAt() - named).toBeLessThan(3000);
  await trickle.stop();
  expect(trickle.surprises).toEqual([]);
  expect(trickle.slowestMs).toBeLessThan(2 * deadlineMs);
  for (const print of printed) expect(print).not.toHaveBeenCalled();
}, 60_000);

it('leaves a primary that works when the sentinels have replaced it', async () => {
  const { host, port } = await redis.primary();
  const trickle = startTrickle(client, () => 'cut off');
  await until('calls get through', () => trickle.acknowledged > 20);
  // The sentinels and the replicas cannot log in any more; the connection of the client stays.
  const admin = new Redis({ host, port });
  await admin.config('SET', 'requirepass', 'secret');
  const connections = ((await admin.client('LIST')) as string).trim().split('\n');
  for (const connection of connections.filter((line) => /name=sentinel|flags=S/.test(line))) {
    await admin.client('KILL', 'ID', /id=(\d+)/.exec(connection)?.[1] ?? '');
  }
  const named = await newPrimaryNamed(port);
  await until('the client has followed', () => events.includes('failover'), 5000);
  expect(performance.now() - named).toBeLessThan(3000);
  await trickle.stop();
  admin.disconnect();
  expect(trickle.surprises).toEqual([]);
}, 60_000);

it('follows when a primary hands over', async () => {
  const { port } = await redis.primary();
  const trickle = startTrickle(client, () => 'handed');
  await until('calls get through', () => trickle.acknowledged > 20);
  await redis.failover();
  await newPrimaryNamed(port);
  await until('the client has followed', () => events.includes('failover'), 20_000);
  const before = trickle.acknowledged;
  await until('calls get through again', () => trickle.acknowledged > before + 20);
  await trickle.stop();
  expect(trickle.surprises).toEqual([]);
  expect(trickle.slowestMs).toBeLessThan(2 * deadlineMs);
});

it('finds the primary each time that it connects again, without an error', async () => {
  const admin = new Redis(await redis.primary());
  for (let connections = 2; connections < 8; connections += 1) {
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until('the client is connected', () => events.filter((state) => state === 'ready').length === connections);
  }
  admin.disconnect();
  expect(events).not.toContain('error');
});
