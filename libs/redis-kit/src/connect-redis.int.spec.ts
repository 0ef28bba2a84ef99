import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePort, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, RedisUnavailableError, type RedisClient, type RedisEvent, type Script } from './index';
import { startRedisServer, type RedisServer } from './testing';

const increment: Script<string, number> = {
  name: 'increment',
  lua: "return redis.call('INCR', KEYS[1])",
  changes: true,
  encode: (key) => ({ keys: [key], args: [] }),
  decode: Number,
};

let server: RedisServer;
let inspector: Redis;
let client: RedisClient;

beforeAll(async () => {
  server = await startRedisServer();
  inspector = new Redis(server.url);
  client = connectRedis({ url: server.url, connectionName: 'spec' }, () => undefined);
  await client.ready(2000);
});
afterAll(async () => {
  await client.close();
  inspector.disconnect();
  await server.stop();
});

const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('a script', () => {
  it('takes one command a call, and finds its way when Redis forgot it', async () => {
    await client.run(increment, 'counted');
    const commands: string[] = [];
    const watcher = new Redis(server.url);
    const monitor = await watcher.monitor();
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (!source.includes('lua')) commands.push(command.toLowerCase());
    });
    expect(await client.run(increment, 'counted')).toBe(2);
    expect(await client.run(increment, 'counted')).toBe(3);
    await until('the calls were seen', () => commands.length >= 2);
    expect(commands).toEqual(['evalsha', 'evalsha']);

    await inspector.script('FLUSH');
    expect(await client.run(increment, 'counted')).toBe(4);
    await until('the fallback was seen', () => commands.includes('eval'));
    monitor.disconnect();
    watcher.disconnect();
  });

  it('that is carried out after its caller stopped waiting changes nothing', async () => {
    const hasty = connectRedis({ url: server.url, connectionName: 'spec', deadlineMs: 150 }, () => undefined);
    await hasty.ready(2000);
    await hasty.run(increment, 'late');
    server.process.kill('SIGSTOP');
    expect(await failure(hasty.run(increment, 'late'))).toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayHaveHappened: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.process.kill('SIGCONT');
    await hasty.ready(2000);
    expect(await inspector.get('late')).toBe('1');
    await hasty.close();
  });
});

describe('a call', () => {
  it('is refused at once where there is no Redis, and says that nothing happened', async () => {
    const events: RedisEvent[] = [];
    const url = `redis://127.0.0.1:${await freePort()}`;
    const lonely = connectRedis({ url, connectionName: 'spec' }, (event) => events.push(event));
    const error = await failure(lonely.ping());
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({ mayHaveHappened: false });
    await until('it is told that Redis is away', () => events.some(({ state }) => state === 'error'));
    await lonely.close();
  });

  it('settles within its deadline on a peer that accepts and never answers', async () => {
    const sockets = new Set<Socket>();
    const mute: Server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    const hanging = connectRedis({ url: `redis://127.0.0.1:${port}`, connectionName: 'spec' }, () => undefined);
    expect(await failure(hanging.ready(300))).toBeInstanceOf(RedisUnavailableError);
    expect(await failure(hanging.run(increment, 'x'))).toMatchObject({ mayHaveHappened: false });
    await hanging.close();
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it('to a replica says that nothing happened, and works when that is a primary again', async () => {
    await inspector.replicaof('127.0.0.1', 1);
    expect(await failure(client.run(increment, 'readonly'))).toMatchObject({ mayHaveHappened: false });
    await inspector.replicaof('NO', 'ONE');
    await until('it can be written again', () =>
      client.run(increment, 'readonly').then(
        () => true,
        () => false,
      ),
    );
    expect(await inspector.get('readonly')).toBe('1');
  });

  it('never waits in a queue for a Redis that comes back', async () => {
    const own = await startRedisServer();
    const caller = connectRedis({ url: own.url, connectionName: 'spec' }, () => undefined);
    await caller.ready(2000);
    await own.stop('SIGKILL');
    const calls = await Promise.allSettled(Array.from({ length: 200 }, () => caller.run(increment, 'queued')));
    expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
    const again = await startRedisServer({ port: own.port });
    await caller.ready(3000);
    expect(await caller.run(increment, 'queued')).toBe(1);
    await caller.close();
    await again.stop();
  });
});
