import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisCluster, startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { freePort, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import {
  followRevocations,
  publishRevocations,
  type FollowOptions,
  type Revocation,
  type RevocationFeedEvent,
  type RevocationFollower,
} from './index';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const session = (id: string): Revocation => ({ kind: 'session', id });
const isRefused = (follower: RevocationFollower, sessionId: string) =>
  follower.isRevoked({ id: 'u-1', sessionId, sessionStartedAt: 1 });

async function startServer(port?: number): Promise<RedisServer> {
  const server = await startRedisServer({ port });
  closing.push(() => server.stop('SIGKILL'));
  return server;
}

function connect(where: { url: string } | { clusterNodes: { host: string; port: number }[] }): RedisClient {
  const client = connectRedis({ ...where, connectionName: 'spec' }, () => undefined);
  closing.push(() => client.close());
  return client;
}

function follow(redis: RedisClient, options: Partial<FollowOptions> = {}) {
  const events: RevocationFeedEvent[] = [];
  const follower = followRevocations({ redis, report: (event) => events.push(event), pollMs: 50, ...options });
  closing.push(() => follower.close());
  return Object.assign(follower, { events });
}

/** What the gateway does: follows, and seeds from its record. */
const followAsGateway = (redis: RedisClient, record: Revocation[] = [], options: Partial<FollowOptions> = {}) =>
  follow(redis, { seed: () => Promise.resolve(record), ...options });

const raw = (server: RedisServer) => {
  const client = new Redis(server.url);
  client.on('error', () => undefined);
  closing.push(() => client.disconnect());
  return client;
};

describe('followers', () => {
  it('refuse a session within a second of its end, all of them, with the poll that is the default', async () => {
    const server = await startServer();
    const gateway = connect(server);
    const followers = [
      followAsGateway(gateway, [], { pollMs: undefined }),
      ...[1, 2, 3].map(() => follow(connect(server), { pollMs: undefined })),
    ];
    await Promise.all(followers.map((follower) => follower.caughtUp()));
    expect(followers.some((follower) => isRefused(follower, 's-1'))).toBe(false);
    await publishRevocations(gateway, [session('s-1')]);
    const publishedAt = performance.now();
    await until('all refuse it', () => followers.every((follower) => isRefused(follower, 's-1')));
    expect(performance.now() - publishedAt).toBeLessThan(3000);
    expect(followers.some((follower) => isRefused(follower, 's-2'))).toBe(false);
  });

  it('are stale until somebody has seeded the feed, though they refuse what they see in it', async () => {
    const server = await startServer();
    const redis = connect(server);
    const follower = follow(redis, { staleAfterMs: 200 });
    await redis.ready(2000);
    await publishRevocations(redis, [session('s-1')]);
    await until('it is seen', () => isRefused(follower, 's-1'));
    expect(follower.isStale()).toBe(true);
    await until('it says so', () => follower.events.length > 0);
    expect(follower.events).toMatchObject([{ state: 'error', during: 'read' }]);
    followAsGateway(connect(server), [session('s-2')]);
    await follower.caughtUp();
    expect(follower.isStale()).toBe(false);
    expect(isRefused(follower, 's-2')).toBe(true);
    expect(follower.events).toMatchObject([{ state: 'error' }, { state: 'recovered', during: 'read' }]);
  });

  it('become stale when the feed is cut off, say so once, keep what they saw and recover by themselves', async () => {
    const server = await startServer();
    const redis = connect(server);
    const follower = followAsGateway(redis, [session('s-1')], { staleAfterMs: 300 });
    await follower.caughtUp();
    server.process.kill('SIGSTOP');
    await until('it is stale', () => follower.isStale());
    expect(isRefused(follower, 's-1')).toBe(true);
    await until('it says so', () => follower.events.length > 0);
    server.process.kill('SIGCONT');
    await until('it is fresh', () => !follower.isStale());
    const reads = follower.events.filter(({ during }) => during === 'read');
    expect(reads.map(({ state }) => state)).toEqual(['error', 'recovered']);
  });

  it('are stale after the loss of all keys until the feed is seeded again, and keep what they saw', async () => {
    const server = await startServer();
    let mayAnswer = true;
    const record = [session('s-1')];
    const seed = () => (mayAnswer ? Promise.resolve(record) : Promise.reject(new Error('the record is away')));
    const gateway = follow(connect(server), { seed });
    const follower = follow(connect(server));
    await follower.caughtUp();
    mayAnswer = false;
    await raw(server).flushall();
    await until('both are stale', () => follower.isStale() && gateway.isStale());
    await until('the gateway says why', () => gateway.events.some(({ during }) => during === 'seed'));
    expect(isRefused(follower, 's-1')).toBe(true);
    record.push(session('s-2'));
    mayAnswer = true;
    await follower.caughtUp();
    expect(follower.isStale()).toBe(false);
    expect(['s-1', 's-2', 's-3'].map((id) => isRefused(follower, id))).toEqual([true, true, false]);
  });

  it('are stale after a restart of Redis, which lost or kept its data, until it is seeded again', async () => {
    const port = await freePort();
    const first = await startServer(port);
    const redis = connect(first);
    const gateway = followAsGateway(connect(first));
    const follower = follow(redis);
    await Promise.all([gateway.caughtUp(), follower.caughtUp()]);
    await publishRevocations(redis, [session('s-1')]);
    await follower.caughtUp();
    gateway.close();
    const kept = await raw(first).dumpBuffer('{revoked}:feed');
    await first.stop('SIGKILL');
    const second = await startServer(port);
    await raw(second).restore('{revoked}:feed', 0, kept);
    await until('the follower reads again', async () => {
      await redis.ping().catch(() => undefined);
      return follower.isStale();
    });
    await redis.ready(5000);
    await publishRevocations(redis, [session('s-2')]);
    await until('what is new is seen', () => isRefused(follower, 's-2'));
    expect(follower.isStale()).toBe(true);
    followAsGateway(connect(second));
    await follower.caughtUp();
    expect(follower.isStale()).toBe(false);
    expect(isRefused(follower, 's-1')).toBe(true);
  });

  it('miss nothing of what fifty publish at once while they poll, and the scores rise strictly', async () => {
    const server = await startServer();
    const publishers = Array.from({ length: 50 }, () => connect(server));
    await Promise.all(publishers.map((publisher) => publisher.ready(5000)));
    const follower = followAsGateway(connect(server), [], { pollMs: 1, pageSize: 7 });
    await follower.caughtUp();
    const ids = publishers.map((_, i) => Array.from({ length: 10 }, (__, j) => `s-${i}-${j}`));
    await Promise.all(
      publishers.map(async (publisher, i) => {
        for (const id of ids[i] ?? []) await publishRevocations(publisher, [session(id)]);
      }),
    );
    await follower.caughtUp();
    expect(ids.flat().filter((id) => !isRefused(follower, id))).toEqual([]);
    const flat = await raw(server).zrange('{revoked}:feed', '(0', '+inf', 'BYSCORE', 'WITHSCORES');
    const scores = flat.filter((_, i) => i % 2 === 1);
    expect(scores).toHaveLength(500);
    expect(new Set(scores).size).toBe(500);
  }, 30_000);

  it('read a feed of many pages, and one that comes late reads all of it', async () => {
    const redis = connect(await startServer());
    const ids = Array.from({ length: 2500 }, (_, i) => `s-${i}`);
    await followAsGateway(redis, ids.map(session)).caughtUp();
    const late = follow(redis, { pageSize: 100 });
    await late.caughtUp();
    expect(ids.every((id) => isRefused(late, id))).toBe(true);
  });

  it('are stale rather than forgetful when there is more than they may remember', async () => {
    const redis = connect(await startServer());
    const follower = followAsGateway(redis, [], { mostRevocations: 3, lifeMs: 1500, staleAfterMs: 200 });
    await follower.caughtUp();
    await publishRevocations(redis, ['s-1', 's-2', 's-3', 's-4'].map(session));
    await until('it is stale', () => follower.isStale());
    expect(['s-1', 's-2', 's-3', 's-4'].map((id) => isRefused(follower, id))).toEqual([true, true, true, false]);
    await until('there is room for the fourth', () => isRefused(follower, 's-4'));
    await until('it is fresh', () => !follower.isStale());
  });

  it('are stale while the feed has what they do not understand, and take in what comes after it', async () => {
    const server = await startServer();
    const redis = connect(server);
    const follower = followAsGateway(redis, [], { staleAfterMs: 200 });
    await follower.caughtUp();
    await raw(server).zadd('{revoked}:feed', Date.now() * 1000, '["planet","earth"]');
    await publishRevocations(redis, [session('s-1')]);
    await until('what comes after it is seen', () => isRefused(follower, 's-1'));
    await until('it is stale', () => follower.isStale());
  });

  it('follow a feed in a Cluster', async () => {
    const cluster = await startRedisCluster();
    closing.push(() => cluster.stop());
    const redis = connect({ clusterNodes: [...cluster.nodes] });
    const follower = followAsGateway(redis, [session('s-1')]);
    await follower.caughtUp();
    await publishRevocations(redis, [session('s-2')]);
    await follower.caughtUp();
    expect(['s-1', 's-2', 's-3'].map((id) => isRefused(follower, id))).toEqual([true, true, false]);
  }, 40_000);
});

describe('a follower that seeds', () => {
  it('heals a publication that was lost', async () => {
    const record: Revocation[] = [];
    const redis = connect(await startServer());
    const gateway = followAsGateway(redis, record, { seedMs: 100 });
    const follower = follow(redis);
    await follower.caughtUp();
    record.push(session('s-1'));
    await until('the others hear of it', () => isRefused(follower, 's-1'));
    expect(gateway.isStale() || follower.isStale()).toBe(false);
  });

  it('leaves what is in the feed where it is, so that nobody reads it again', async () => {
    const server = await startServer();
    let seeded = 0;
    const seed = () => {
      seeded += 1;
      return Promise.resolve([session('s-1')]);
    };
    const follower = follow(connect(server), { seed, seedMs: 20 });
    await follower.caughtUp();
    const scoreOf = () => raw(server).zscore('{revoked}:feed', '["session","s-1"]');
    const before = await scoreOf();
    const until3More = seeded + 3;
    await until('it was seeded again', () => seeded > until3More);
    expect(await scoreOf()).toBe(before);
  });

  it('does not declare a feed whole of which a part was lost while it was seeded', async () => {
    const server = await startServer();
    let seeds = 0;
    const seed = async () => {
      seeds += 1;
      if (seeds === 1) await raw(server).flushall();
      return [session('s-1')];
    };
    const redis = connect(server);
    await redis.ready(2000);
    const gateway = follow(redis, { seed, staleAfterMs: 0 });
    await gateway.caughtUp();
    expect(seeds).toBe(2);
    expect(gateway.events).toMatchObject([
      { state: 'error', during: 'seed' },
      { state: 'recovered', during: 'seed' },
    ]);
  });

  it('may be one of many that begin at once', async () => {
    const server = await startServer();
    const gateways = Array.from({ length: 10 }, (_, i) => followAsGateway(connect(server), [session(`s-${i}`)]));
    await Promise.all(gateways.map((gateway) => gateway.caughtUp()));
    await until('each knows what each has seeded', () =>
      gateways.every((gateway) => gateways.every((_, i) => isRefused(gateway, `s-${i}`))),
    );
    const marks = await raw(server).zrange('{revoked}:feed', '-inf', '(0', 'BYSCORE');
    expect(marks.filter((mark) => mark.startsWith('seeded'))).toHaveLength(1);
  });
});

it('a feed drops revocations whose life is over, and never its last score', async () => {
  const server = await startServer();
  const redis = connect(server);
  const admin = raw(server);
  await redis.ready(2000);
  await admin.zadd('{revoked}:feed', (Date.now() - 661_000) * 1000, 'old', (Date.now() - 659_000) * 1000, 'young');
  await publishRevocations(redis, [session('s-1')]);
  expect(await admin.zrange('{revoked}:feed', 0, '-1')).toEqual(['young', '["session","s-1"]']);
  const future = (Date.now() + 3_600_000) * 1000;
  await admin.zadd('{revoked}:feed', future, 'from a clock that was set back since');
  await publishRevocations(redis, [session('s-2')]);
  expect(Number(await admin.zscore('{revoked}:feed', '["session","s-2"]'))).toBe(future + 1);
});

it('a follower that is closed lets go of who waits, and of its timers', async () => {
  const follower = follow(connect(await startServer()));
  const waited = expect(follower.caughtUp()).rejects.toThrow('closed');
  follower.close();
  await waited;
  await expect(follower.caughtUp()).rejects.toThrow('closed');
});
