import { randomUUID } from 'node:crypto';
import { until } from '@badger-store/test-kit';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { connectRedis, createScriptRunner, RedisUnavailableError, toCommandSender, type RedisFinding } from '../index';
import {
  startRedisCluster,
  startRedisServer,
  startRewritingProxy,
  type RedisCluster,
  type RedisServer,
  type RewritingProxy,
} from '../testing';
import { increment } from '../testing/increment';

interface Opened {
  readonly client: unknown;
  close(): unknown;
}

let server: RedisServer;
let cluster: RedisCluster;
let proxy: RewritingProxy;
let cutAfterNextReply = false;
const opened: Opened[] = [];

beforeAll(async () => {
  [server, cluster] = await Promise.all([startRedisServer(), startRedisCluster()]);
  proxy = await startRewritingProxy(server.port, (text) => {
    if (cutAfterNextReply) proxy.cut();
    cutAfterNextReply = false;
    return text;
  });
});
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});
afterAll(async () => {
  proxy.close();
  await Promise.all([server.stop(), cluster.stop()]);
});

const clients: Record<string, () => Promise<Opened>> = {
  async ioredis() {
    const client = new Redis(proxy.url);
    return { client, close: () => client.disconnect() };
  },
  async 'ioredis Cluster'() {
    const client = new Cluster([...cluster.nodes]);
    return { client, close: () => client.disconnect() };
  },
  async 'node-redis'() {
    const client = await createClient({ url: proxy.url })
      .on('error', () => undefined)
      .connect();
    return { client, close: () => client.destroy() };
  },
  async 'node-redis cluster'() {
    const rootNodes = cluster.nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
    const client = await createCluster({ rootNodes })
      .on('error', () => undefined)
      .connect();
    return { client, close: () => client.destroy() };
  },
  async sendCommand() {
    const redis = new Redis(proxy.url);
    const sendCommand = ([name = '', ...args]: string[]) => redis.call(name, ...args);
    return { client: { sendCommand }, close: () => redis.disconnect() };
  },
  async 'our own client'() {
    const client = connectRedis({ url: server.url }, () => undefined);
    await client.ready(30_000);
    return { client, close: () => client.close() };
  },
};

async function open(
  name: string,
  options: { deadlineMs?: number; onFindings?: (found: readonly RedisFinding[]) => void } = {},
) {
  const made = await (clients[name] as () => Promise<Opened>)();
  opened.push(made);
  return createScriptRunner(toCommandSender(made.client), {
    deadlineMs: 2000,
    onFindings: () => undefined,
    ...options,
  });
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe.each(Object.keys(clients))('scripts through %s', (name) => {
  it('run once a call on the node of their key, also when Redis does not know the script yet', async () => {
    const runner = await open(name);
    await runner.ready(30_000);
    const keys = Array.from({ length: 30 }, () => `{${randomUUID()}}`);
    expect(await Promise.all(keys.map((key) => runner.run(increment, key)))).toEqual(keys.map(() => 1));
    expect(await Promise.all(keys.map((key) => runner.run(increment, key)))).toEqual(keys.map(() => 2));
  });

  it('scan finds the keys of all primaries', async () => {
    const runner = await open(name);
    await runner.ready(30_000);
    const prefix = randomUUID();
    const keys = Array.from({ length: 600 }, (_, n) => `{${prefix}-${n}}`);
    await Promise.all(keys.map((key) => runner.run(increment, key)));
    const found = new Set<string>();
    for await (const page of runner.scan(`{${prefix}-*}`)) page.forEach((key) => found.add(key));
    expect([...found].sort()).toEqual([...keys].sort());
  });

  it('reject at the deadline, and change nothing later, when Redis hangs', async () => {
    const runner = await open(name, { deadlineMs: 300 });
    await runner.ready(30_000);
    const key = `{${randomUUID()}}`;
    await runner.run(increment, key);
    const servers = name.includes('luster') ? cluster.servers : [server];
    for (const { process } of servers) process.kill('SIGSTOP');
    const error = await failure(runner.run(increment, key));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { process } of servers) process.kill('SIGCONT');
    expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', outcomeUnknown: true });
    await runner.ready(30_000);
    expect(await runner.run(increment, key)).toBe(2);
  });

  it('reject without effect when the carts were closed, and the client stays open', async () => {
    const runner = await open(name);
    await runner.close();
    expect(await failure(runner.run(increment, 'closed'))).toMatchObject({ outcomeUnknown: false });
    const sender = toCommandSender(opened.at(-1)?.client);
    expect(await sender.sendCommand(['ECHO', 'open'], { key: 'any', isWrite: false })).toBe('open');
  });
});

it.each(['ioredis', 'sendCommand'])(
  'a change through %s runs once when the connection breaks after it ran and the client sends it again',
  async (name) => {
    const runner = await open(name);
    await runner.ready(30_000);
    const key = `{${randomUUID()}}`;
    expect(await runner.run(increment, key)).toBe(1);
    cutAfterNextReply = true;
    expect(await runner.run(increment, key)).toBe(2);
    expect(cutAfterNextReply).toBe(false);
    expect(await runner.run(increment, key)).toBe(3);
  },
);

it('the key that remembers a change lives no longer than the deadline', async () => {
  const runner = await open('ioredis', { deadlineMs: 200 });
  const inspector = new Redis(server.url);
  const key = `{${randomUUID()}}`;
  await runner.run(increment, key);
  expect(await inspector.keys(`${key}:request:*`)).toHaveLength(1);
  await until('the key is gone', async () => (await inspector.keys(`${key}:request:*`)).length === 0, 5000);
  inspector.disconnect();
});

it('problems of the configuration are reported once', async () => {
  const found: string[] = [];
  const runner = await open('ioredis', { onFindings: (findings) => found.push(...findings.map(({ code }) => code)) });
  await runner.run(increment, 'inspected');
  await runner.run(increment, 'inspected');
  await until('the findings are reported', () => found.length > 0);
  expect(found).toEqual(['persistence']);
});

it('nothing is written to database 0 when Redis refuses the database of an ioredis client', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const redis = new Redis(`${server.url}/99`).on('error', () => undefined);
  opened.push({ client: redis, close: () => redis.disconnect() });
  const runner = createScriptRunner(toCommandSender(redis), { deadlineMs: 2000, onFindings: () => undefined });
  const error = await failure(runner.run(increment, 'nowhere'));
  warn.mockRestore();
  expect(error).toBeInstanceOf(RedisUnavailableError);
  expect(error).toMatchObject({ outcomeUnknown: false, message: expect.stringContaining('database 99') });
  const inspector = new Redis(server.url);
  expect(await inspector.exists('nowhere')).toBe(0);
  inspector.disconnect();
});

it.each([
  ['a client with a key prefix', () => new Redis({ lazyConnect: true, keyPrefix: 'app:' }), 'keyPrefix'],
  [
    'a client that replies with numbers as strings',
    () => new Redis({ lazyConnect: true, stringNumbers: true }),
    'stringNumbers',
  ],
  ['a number', () => 7, 'redis must be'],
  ['an object without sendCommand', () => ({}), 'redis must be'],
])('%s is refused', (_what, create, message) => {
  expect(() => toCommandSender(create())).toThrow(message);
});
