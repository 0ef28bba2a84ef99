import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../testing';
import { createConnectionOptions, openConnection, type RedisConnection } from './redis-connection';

let server: RedisServer;
let admin: Redis;
let connection: RedisConnection;

beforeEach(async () => {
  server = await startRedisServer();
  admin = new Redis(server.url);
  const options = { ...createConnectionOptions('spec', 500), port: server.port };
  connection = openConnection(options, () => ({}), { onChange: () => undefined, onError: () => undefined });
  await until('the connection is ready', () => connection.isReady);
});

afterEach(async () => {
  await connection.close(0);
  admin.disconnect();
  await server.stop();
});

const isNewConnection = (before: number) => () =>
  connection.redis.client('ID').then(
    (id) => id !== before,
    () => false,
  );

it('connects again after the replies to writes that the server holds back', async () => {
  const before = await connection.redis.client('ID');
  await admin.client('PAUSE', 300, 'WRITE');
  const held = connection.redis.incr('held');
  await connection.reconnect(5000);
  expect(await held).toBe(1);
  await until('there is a new connection', isNewConnection(before));
});

it('connects again when the server does not reply in time', async () => {
  const before = await connection.redis.client('ID');
  await admin.client('PAUSE', 300, 'ALL');
  const cutOff = connection.redis.incr('cut-off').catch((error: unknown) => error);
  await connection.reconnect(50);
  expect(await cutOff).toBeInstanceOf(Error);
  await until('there is a new connection', isNewConnection(before));
});
