import { startRedisServer, startRewritingProxy, type RedisServer } from '@badger-store/redis-kit/testing';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { createCarts, RedisUnavailableError, type Carts, type RedisEvent } from './index';

let server: RedisServer;
let operator: Redis;
const opened: Carts[] = [];
let warnings: string[];

beforeAll(async () => {
  server = await startRedisServer();
  operator = new Redis(server.url);
});
beforeEach(() => {
  warnings = [];
  jest.spyOn(process, 'emitWarning').mockImplementation((text) => void warnings.push(String(text)));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(opened.splice(0).map((carts) => carts.close()));
});
afterAll(async () => {
  operator.disconnect();
  await server.stop();
});

const open = (redis: string, onEvent?: (event: RedisEvent) => void) => {
  const carts = createCarts(onEvent ? { redis, onEvent } : { redis });
  opened.push(carts);
  return carts;
};
const failure = (call: Promise<unknown>) => call.catch((error: unknown) => error);

it('a wrong password is the reason and the cause of the error, and one warning', async () => {
  await operator.call('ACL', 'SETUSER', 'app', 'on', '>right', '~*', '+@all');
  const carts = open(server.url.replace('//', '//app:guessed@'));
  await until('Redis refused the password', () => warnings.length > 0);
  const error = await failure(carts.get('reader'));
  expect(error).toBeInstanceOf(RedisUnavailableError);
  expect(error).toMatchObject({
    outcomeUnknown: false,
    message: expect.stringContaining('WRONGPASS'),
    cause: { message: expect.stringContaining('WRONGPASS') },
  });
  expect(await failure(carts.ready(300))).toMatchObject({ message: expect.stringContaining('WRONGPASS') });
  expect(warnings.filter((text) => text.includes('WRONGPASS'))).toHaveLength(1);
  expect(`${String(error)}${warnings.join()}`).not.toContain('guessed');
});

it('a database that does not exist is refused in plain words, and nothing is written', async () => {
  const carts = open(`${server.url}/99`);
  await until('the database is found wrong', () => warnings.some((text) => text.includes('database 99')));
  expect(await failure(carts.add('reader', 'mug'))).toMatchObject({
    outcomeUnknown: false,
    message: expect.stringContaining('database 99'),
  });
  expect(await operator.dbsize()).toBe(0);
});

it('a server older than Redis 7.0 is refused in plain words, and nothing is written', async () => {
  const proxy = await startRewritingProxy(server.port, (text) => text.replace(/redis_version:\d/, 'redis_version:6'));
  const carts = open(proxy.url);
  await until('the version is found wrong', () => warnings.some((text) => text.includes('has version 6')));
  expect(await failure(carts.add('reader', 'mug'))).toMatchObject({
    outcomeUnknown: false,
    message: expect.stringContaining('Use 7.0 or later'),
  });
  expect(await operator.dbsize()).toBe(0);
  await carts.close();
  proxy.close();
});

it('an eviction policy is an event when onEvent is passed, and no warning', async () => {
  await operator.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const events: RedisEvent[] = [];
  const carts = open(server.url, (event) => events.push(event));
  await carts.ready();
  const findings = events.flatMap((event) => (event.state === 'inspected' ? event.findings : []));
  expect(findings).toContainEqual({ code: 'eviction', message: expect.stringContaining('noeviction') });
  expect(warnings).toEqual([]);
  await operator.config('SET', 'maxmemory-policy', 'noeviction');
});
