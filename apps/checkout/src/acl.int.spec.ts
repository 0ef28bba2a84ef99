import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCarts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import type { Order } from './domain/order';
import { createOrderStream, orderStreamKey } from './redis/order-stream';

const password = randomBytes(24).toString('base64url');
let folder: string;
let server: RedisServer;
let redis: RedisClient;
let asCheckout: Redis;
let asReader: Redis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkout-acl-'));
  const rules = await readFile(join(__dirname, '../../../docker/redis/users.acl.example'), 'utf8');
  const aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, rules.replaceAll(/#0{64}/g, `#${createHash('sha256').update(password).digest('hex')}`));
  server = await startRedisServer({ args: ['--aclfile', aclFile] });
  redis = connectRedis({ url: server.url, username: 'checkout', password, connectionName: 'spec' }, () => undefined);
  await redis.ready(30_000);
  asCheckout = new Redis(server.url, { username: 'checkout', password, disableClientInfo: true });
  asReader = new Redis(server.url, { username: 'orders-reader', password, disableClientInfo: true });
});
afterAll(async () => {
  asReader.disconnect();
  asCheckout.disconnect();
  await redis.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const publish = () => {
  const order = { createdAt: new Date() } as Order;
  return createOrderStream(redis, 10)([{ id: randomUUID(), type: 'order.paid', at: new Date(), order }]);
};

it('checkout’s ACL user may lock and complete checkouts, and publish order events', async () => {
  const token = randomUUID();
  const carts = createCarts({ redis });
  await carts.add(token, 'mug', 2);
  await carts.checkout(token, (items) => Promise.resolve({ outcome: 'completed', result: items }));
  expect(await carts.get(token)).toEqual([]);
  await publish();
});

it.each([
  ['XADD', 'other:events', '*', 'a', 'b'],
  ['XADD', '{other}_cart', '*', 'a', 'b'],
  ['XRANGE', orderStreamKey, '-', '+'],
  ['XTRIM', orderStreamKey, 'MAXLEN', '0'],
  ['DEL', orderStreamKey],
  ['GET', 'session:1'],
  ['KEYS', '*'],
  ['FLUSHALL'],
  ['CONFIG', 'GET', '*'],
])('and not %s %s', async (command, ...args) => {
  await expect(asCheckout.call(command, args)).rejects.toThrow(/NOPERM/);
});

it('a reader of the events may do what the example does', async () => {
  await asReader.xgroup('CREATE', orderStreamKey, 'spec', '0', 'MKSTREAM');
  await publish();
  const read = await asReader.xreadgroup('GROUP', 'spec', 'one', 'COUNT', 10, 'STREAMS', orderStreamKey, '>');
  const [[, entries]] = read as [[string, [string, string[]][]]];
  await asReader.xautoclaim(orderStreamKey, 'spec', 'two', 0, '0', 'COUNT', 10);
  for (const [entry] of entries) expect(await asReader.xack(orderStreamKey, 'spec', entry)).toBe(1);
});

it.each([
  ['XADD', orderStreamKey, '*', 'event', '{}'],
  ['XGROUP', 'DESTROY', orderStreamKey, 'spec'],
  ['XTRIM', orderStreamKey, 'MAXLEN', '0'],
  ['HGETALL', '{u-other}_cart'],
  ['XREADGROUP', 'GROUP', 'spec', 'one', 'STREAMS', 'other:events', '>'],
  ['EVAL', 'return 1', '0'],
  ['KEYS', '*'],
])('and not %s %s', async (command, ...args) => {
  await expect(asReader.call(command, args)).rejects.toThrow(/NOPERM/);
});
