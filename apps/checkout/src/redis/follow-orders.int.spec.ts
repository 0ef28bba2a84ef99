import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { endWithThisProcess, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import type { Order } from '../domain/order';
import type { OrderEvent } from '../domain/order';
import { createOrderStream, orderStreamKey } from './order-stream';

const example = join(__dirname, '../../examples/follow-orders.mjs');
let server: RedisServer;
let redis: RedisClient;
let inspector: Redis;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url, connectionName: 'spec' }, () => undefined);
  await redis.ready(30_000);
  inspector = new Redis(server.url).on('error', () => undefined);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  inspector.disconnect();
  await redis.close();
  await server.stop();
});

const newEvent = (): OrderEvent => {
  const order = { id: randomUUID(), total: { amount: 100, currency: 'EUR' }, createdAt: new Date() };
  return { id: randomUUID(), type: 'order.paid', at: new Date(), order: order as Order };
};
const publish = async (...events: OrderEvent[]) => createOrderStream(redis, 1000)(events);
const getLine = ({ order }: OrderEvent) => `order.paid ${order.id} 100 EUR`;

const follow = (group: string, consumer = 'one') => {
  const env = { ...process.env, REDIS_URL: server.url, GROUP: group, CONSUMER: consumer, MIN_IDLE_MS: '100' };
  const child = endWithThisProcess(spawn(process.execPath, [example], { env, stdio: ['ignore', 'pipe', 'ignore'] }));
  children.push(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, lines: () => text.split('\n').filter(Boolean) };
};

describe('the example of a consumer', () => {
  it('prints each event once, those from before it began too, and ends on SIGTERM', async () => {
    const group = randomUUID();
    const [early, late] = [newEvent(), newEvent()];
    await publish(early);
    const { child, lines } = follow(group);
    await until('the early one is printed', () => lines().includes(getLine(early)));
    await publish(late, late, late);
    await until('the late one is printed', () => lines().includes(getLine(late)));
    await until('all is acknowledged', async () => {
      const [pending] = (await inspector.xpending(orderStreamKey, group)) as [number];
      return pending === 0;
    });
    expect(lines().filter((line) => line === getLine(late))).toHaveLength(1);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('takes over what another one read, and died before it acknowledged', async () => {
    const group = randomUUID();
    const event = newEvent();
    await inspector.xgroup('CREATE', orderStreamKey, group, '$', 'MKSTREAM');
    await publish(event);
    await inspector.xreadgroup('GROUP', group, 'dead', 'COUNT', 10, 'STREAMS', orderStreamKey, '>');
    const { lines } = follow(group, 'heir');
    await until('it is printed', () => lines().includes(getLine(event)));
  });

  it('goes on with new events when Redis was lost and is back empty', async () => {
    const group = randomUUID();
    const [before, after] = [newEvent(), newEvent()];
    const { lines } = follow(group);
    await publish(before);
    await until('the one before is printed', () => lines().includes(getLine(before)));
    await server.stop('SIGKILL');
    server = await startRedisServer({ port: server.port });
    await redis.ready(30_000);
    await publish(after);
    await until('the one after is printed', () => lines().includes(getLine(after)), 15_000);
  });
});
