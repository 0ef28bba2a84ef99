import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, type RedisClient, type RedisEvent } from '../index';
import { startRedisServer, startRewritingProxy, type RedisServer } from '../testing';
import { increment } from '../testing/increment';

const folder = mkdtempSync(join(tmpdir(), 'badger-inspect-spec-'));
let server: RedisServer;
let operator: Redis;
const clients: RedisClient[] = [];

beforeAll(async () => {
  server = await startRedisServer({ dataFolder: folder, args: ['--databases', '16'] });
  operator = new Redis(server.url);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await operator.config('SET', 'maxmemory-policy', 'noeviction');
});
afterAll(async () => {
  operator.disconnect();
  await server.stop();
  rmSync(folder, { recursive: true });
});

function connect(url: string) {
  const events: RedisEvent[] = [];
  const client = connectRedis({ url, connectionName: 'spec' }, (event) => events.push(event));
  clients.push(client);
  const codes = () => client.findings().map(({ code }) => code);
  const inspections = () => events.flatMap((event) => (event.state === 'inspected' ? [event.findings.length] : []));
  return { client, codes, inspections };
}

it('nothing is found when the configuration of Redis is right', async () => {
  const { client, codes, inspections } = connect(server.url);
  await client.ready(30_000);
  expect(codes()).toEqual([]);
  expect(inspections()).toEqual([]);
});

it('a wrong maxmemory-policy is found when the client connects, until it is corrected', async () => {
  await operator.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const { client, codes, inspections } = connect(server.url);
  await client.ready(30_000);
  expect(codes()).toEqual(['eviction']);
  expect(await client.run(increment, 'served')).toBe(1);
  await operator.config('SET', 'maxmemory-policy', 'noeviction');
  await client.ping();
  expect(codes()).toEqual([]);
  expect(inspections()).toEqual([1, 0]);
});

it('a server is inspected again, and refused when it is too old, after a new connection', async () => {
  let isOld = false;
  const proxy = await startRewritingProxy(server.port, (text) =>
    isOld ? text.replace(/redis_version:\d+/, 'redis_version:6') : text,
  );
  const { client, codes, inspections } = connect(proxy.url);
  await client.ready(30_000);
  expect(codes()).toEqual([]);
  isOld = true;
  proxy.cut();
  await until('the version is found', () => codes().includes('version'));
  expect(inspections()).toEqual([1]);
  await expect(client.run(increment, 'old')).rejects.toMatchObject({
    outcomeUnknown: false,
    message: expect.stringMatching(/has version 6\..*Use 7\.0 or later/),
  });
  await client.close();
  proxy.close();
});

it('missing persistence is found when Redis has no append-only file', async () => {
  const forgetful = await startRedisServer();
  const { client, codes } = connect(forgetful.url);
  await client.ready(30_000);
  expect(codes()).toEqual(['persistence']);
  await client.close();
  await forgetful.stop();
});

describe('a database number', () => {
  it('is used when Redis has it', async () => {
    const { client } = connect(`${server.url}/7`);
    await client.ready(30_000);
    await client.run(increment, 'in-seven');
    expect(await operator.get('in-seven')).toBeNull();
    await operator.select(7);
    expect(await operator.get('in-seven')).toBe('1');
    await operator.select(0);
  });

  it('is found wrong, and nothing is written to another database, when Redis refuses it', async () => {
    const { client, codes } = connect(`${server.url}/99`);
    await until('the database is found wrong', () => codes().includes('database'));
    await expect(client.ready(100)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    const keys = await operator.dbsize();
    await expect(client.run(increment, 'nowhere')).rejects.toMatchObject({
      outcomeUnknown: false,
      message: expect.stringMatching(/refuses database 99 \(ERR DB index is out of range\)/),
    });
    expect(await operator.dbsize()).toBe(keys);
  });

  it('is found wrong when the user may not select it', async () => {
    await operator.acl('SETUSER', 'narrow', 'on', '>pass', '~*', '+@all', '-select');
    const { codes } = connect(server.url.replace('//', '//narrow:pass@') + '/3');
    await until('the database is found wrong', () => codes().includes('database'));
  });
});

it('a server that does not let its user read INFO is found when it is connected', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  await operator.acl('SETUSER', 'blind', 'on', '>pass', '~*', '+@all', '-info');
  const { client, codes } = connect(server.url.replace('//', '//blind:pass@'));
  await client.ready(30_000);
  expect(codes()).toEqual(['unreadable']);
  warn.mockRestore();
});
