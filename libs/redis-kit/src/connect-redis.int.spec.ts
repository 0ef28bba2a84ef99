import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePort, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { connectRedis, RedisUnavailableError, type CallReport, type RedisClient, type RedisEvent } from './index';
import { createScriptLoader } from './commands/script';
import { monitor, startRedisServer, type RedisServer } from './testing';
import { increment } from './testing/increment';

let server: RedisServer;
let inspector: Redis;
let client: RedisClient;

beforeAll(async () => {
  server = await startRedisServer();
  inspector = new Redis(server.url);
  client = connectRedis({ url: server.url, connectionName: 'spec' }, () => undefined);
  await client.ready(30_000);
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
  it('takes one command a call, and is loaded again when Redis lost it', async () => {
    await client.run(increment, 'counted');
    const monitored = await monitor(server.url);
    const getCommands = async (run: () => Promise<unknown>) =>
      (await monitored.during(run)).map(({ words: [command = ''] }) => command.toLowerCase());
    const twice = async () => {
      expect(await client.run(increment, 'counted')).toBe(2);
      expect(await client.run(increment, 'counted')).toBe(3);
    };
    expect(await getCommands(twice)).toEqual(['evalsha', 'evalsha']);

    await inspector.script('FLUSH');
    const again = async () => expect(await client.run(increment, 'counted')).toBe(4);
    expect(await getCommands(again)).toEqual(['evalsha', 'eval']);
    monitored.stop();
  });

  it('changes nothing on a server older than Redis 7.0', async () => {
    const old: typeof increment = { ...increment, name: 'old' };
    const redis6 = 'local redis = { call = redis.call, error_reply = redis.error_reply } ';
    const lua = redis6 + createScriptLoader({ once: false })(old).text;
    expect(await failure(client.run({ ...old, lua }, 'old'))).toMatchObject({
      outcomeUnknown: false,
      message: expect.stringContaining('Redis 7.0'),
    });
    expect(await inspector.exists('old')).toBe(0);
  });

  it('changes nothing when Redis runs it after its deadline', async () => {
    const hasty = connectRedis({ url: server.url, connectionName: 'spec', deadlineMs: 150 }, () => undefined);
    await hasty.ready(30_000);
    await hasty.run(increment, 'late');
    server.process.kill('SIGSTOP');
    expect(await failure(hasty.run(increment, 'late'))).toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      outcomeUnknown: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.process.kill('SIGCONT');
    await hasty.ready(30_000);
    expect(await inspector.get('late')).toBe('1');
    await hasty.close();
  });
});

describe('a call', () => {
  it('resolves to a reply that arrived while this process was blocked past the deadline', async () => {
    const hasty = connectRedis({ url: server.url, connectionName: 'spec', deadlineMs: 100 }, () => undefined);
    await hasty.ready(30_000);
    await hasty.run(increment, 'held-up');
    const call = hasty.run(increment, 'held-up');
    // Commands leave in the same phase of the event loop, before this.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
    expect(await call).toBe(2);
    await hasty.close();
  });

  it('rejects at once when Redis is not connected, and says why and that nothing happened', async () => {
    const events: RedisEvent[] = [];
    const url = `redis://127.0.0.1:${await freePort()}`;
    const lonely = connectRedis({ url, connectionName: 'spec' }, (event) => events.push(event));
    const error = await failure(lonely.ping());
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({ outcomeUnknown: false });
    await until('an event reports the error', () => events.some(({ state }) => state === 'error'));
    expect(await failure(lonely.ping())).toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
      cause: { message: expect.stringContaining('ECONNREFUSED') },
    });
    await lonely.close();
  });

  it('settles before its deadline when the server accepts connections and never replies', async () => {
    const sockets = new Set<Socket>();
    const mute: Server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    const hanging = connectRedis({ url: `redis://127.0.0.1:${port}`, connectionName: 'spec' }, () => undefined);
    expect(await failure(hanging.ready(300))).toBeInstanceOf(RedisUnavailableError);
    expect(await failure(hanging.run(increment, 'x'))).toMatchObject({ outcomeUnknown: false });
    await hanging.close();
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it('says that nothing happened when the server is a replica, and works when it is a primary again', async () => {
    await inspector.replicaof('127.0.0.1', 1);
    expect(await failure(client.run(increment, 'readonly'))).toMatchObject({ outcomeUnknown: false });
    await inspector.replicaof('NO', 'ONE');
    await until('it can be written again', () =>
      client.run(increment, 'readonly').then(
        () => true,
        () => false,
      ),
    );
    expect(await inspector.get('readonly')).toBe('1');
  });

  it('does not wait in a queue until Redis is back', async () => {
    const own = await startRedisServer();
    const caller = connectRedis({ url: own.url, connectionName: 'spec' }, () => undefined);
    await caller.ready(30_000);
    await own.stop('SIGKILL');
    const calls = await Promise.allSettled(Array.from({ length: 200 }, () => caller.run(increment, 'queued')));
    expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
    const again = await startRedisServer({ port: own.port });
    await caller.ready(30_000);
    expect(await caller.run(increment, 'queued')).toBe(1);
    await caller.close();
    await again.stop();
  });
});

describe('a client', () => {
  it('reconnects after a long outage of Redis, and reports the outage once', async () => {
    const own = await startRedisServer();
    const events: string[] = [];
    const caller = connectRedis({ url: own.url, connectionName: 'spec' }, ({ state }) => events.push(state));
    await caller.ready(30_000);
    await own.stop('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await failure(caller.ping())).toMatchObject({ outcomeUnknown: false });
    const again = await startRedisServer({ port: own.port });
    await caller.ready(30_000);
    expect(await caller.run(increment, 'back')).toBe(1);
    await caller.close();
    expect(events.filter((state) => state !== 'error' && state !== 'inspected')).toEqual([
      ...['connecting', 'ready', 'closed'],
      ...['connecting', 'ready', 'closed'],
    ]);
    expect(events.filter((state) => state === 'error').length).toBeLessThan(4);
    await again.stop();
  });

  it('measures the clock of Redis again when the clock jumped', async () => {
    const jumping: typeof increment = {
      ...increment,
      name: 'jumping',
      lua: "if redis.call('EXISTS', 'jump') == 1 then return redis.error_reply('DEADLINE_EXCEEDED as if') end return 1",
    };
    await inspector.set('jump', '1');
    expect(await failure(client.run(jumping, 'jumped'))).toMatchObject({ outcomeUnknown: false });
    await inspector.del('jump');
    expect(await client.run(jumping, 'jumped')).toBe(1);
  });

  it('closes after the calls in flight, and refuses later calls', async () => {
    const caller = connectRedis({ url: server.url, connectionName: 'spec' }, () => undefined);
    await caller.ready(30_000);
    const calls = Array.from({ length: 50 }, () => caller.run(increment, 'closing'));
    await caller.close();
    expect((await Promise.all(calls)).at(-1)).toBe(50);
    expect(await failure(caller.run(increment, 'closing'))).toMatchObject({ outcomeUnknown: false });
  });

  it('reports every call by name and outcome when the hook and the decoder throw', async () => {
    const reports: CallReport[] = [];
    const domain: typeof increment = {
      ...increment,
      name: 'domain',
      decode() {
        throw new Error('over a limit');
      },
    };
    const defect: typeof increment = { ...increment, name: 'defect', lua: "return redis.call('NONSENSE')" };
    const onCall = (report: CallReport) => {
      reports.push(report);
      throw new Error('no metrics today');
    };
    const caller = connectRedis({ url: server.url, connectionName: 'spec', onCall }, () => {
      throw new Error('no log today');
    });
    expect(await failure(caller.ping())).toBeInstanceOf(RedisUnavailableError);
    await caller.ready(30_000);
    await caller.ping();
    expect(await failure(caller.run(domain, 'reported'))).toMatchObject({ message: 'over a limit' });
    const error = await failure(caller.run(defect, 'a-key-that-is-secret'));
    expect(error).toMatchObject({ name: 'ReplyError' });
    expect(error).not.toHaveProperty('command');
    await caller.close();
    expect(reports.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['ping', 'REDIS_UNAVAILABLE'],
      ['ping', 'ok'],
      ['domain', 'ok'],
      ['defect', 'REDIS_ERROR'],
    ]);
    expect(reports.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });

  it.each([
    [{ url: 'http://user:secret@host' }, 'url'],
    [{ url: 'redis://user:secret@host/0?db=1' }, 'url'],
    [{ url: 'redis://host', tls: { caFile: '/ca' } }, 'url'],
    [{ url: 'rediss://host', tls: { certFile: '/secret' } }, 'tls.certFile'],
    [{ url: 'rediss://host', tls: { caFile: '/nowhere/secret' } }, 'tls.caFile'],
    [{ url: 'redis://host', passwordFile: '/nowhere/secret' }, 'passwordFile'],
    [{ sentinels: [], sentinelName: 'x' }, 'sentinels'],
    [{ sentinels: [{ host: 'x', port: 1 }], sentinelName: '' }, 'sentinelName'],
    [{ clusterNodes: [] }, 'clusterNodes'],
    [{ url: 'redis://host', deadlineMs: 0 }, 'deadlineMs'],
  ])('refuses the settings %j by name', (settings, name) => {
    const connect = () => connectRedis({ connectionName: 'spec', ...settings }, () => undefined);
    expect(connect).toThrow(name);
    expect(connect).not.toThrow('secret');
  });
});

describe('a plain command', () => {
  it('resolves to the reply of Redis, and is reported by its name', async () => {
    const reports: CallReport[] = [];
    const onCall = (report: CallReport) => reports.push(report);
    const caller = connectRedis({ url: server.url, onCall }, () => undefined);
    await caller.ready(2000);
    expect(await caller.sendCommand(['SET', 'plain', 7], { isWrite: true })).toBe('OK');
    expect(await caller.sendCommand(['INCRBY', 'plain', 3], { isWrite: true })).toBe(10);
    await caller.close();
    expect(reports.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['set', 'ok'],
      ['incrby', 'ok'],
    ]);
  });

  it('rejects with the error reply, without the command, when Redis refuses the arguments', async () => {
    const error = await failure(client.sendCommand(['EVALSHA', 'f'.repeat(40), 1, 'secret'], { isWrite: true }));
    expect(error).toMatchObject({ name: 'ReplyError', message: expect.stringMatching(/^NOSCRIPT/) });
    expect(error).not.toHaveProperty('command');
  });

  it('rejects at the deadline with an unknown outcome when Redis hangs', async () => {
    const hasty = connectRedis({ url: server.url, deadlineMs: 150 }, () => undefined);
    await hasty.ready(2000);
    server.process.kill('SIGSTOP');
    const error = await failure(hasty.sendCommand(['INCR', 'hung'], { isWrite: true }));
    server.process.kill('SIGCONT');
    expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', outcomeUnknown: true });
    await hasty.close();
    expect(await failure(hasty.sendCommand(['INCR', 'hung'], { isWrite: true }))).toMatchObject({
      outcomeUnknown: false,
    });
  });
});
