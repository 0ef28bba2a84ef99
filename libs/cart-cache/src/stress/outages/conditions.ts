import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisSettings } from '@badger-store/redis-kit';
import {
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
  type RedisServer,
} from '@badger-store/redis-kit/testing';
import { freePort } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { startProxy, type Proxy } from './proxy';

export interface Trouble {
  readonly settings: RedisSettings;
  /** Where a probe may find a primary to write to. */
  urls(): Promise<readonly string[]>;
  begin(): Promise<unknown>;
  /** Absent when the outage ends automatically. */
  end?(): Promise<unknown>;
  stop(): Promise<unknown>;
}

export interface Condition {
  /** Completes "Redis is …". */
  readonly name: string;
  /** Acknowledged adds may be lost, and nothing that a client does could keep them. */
  readonly mayLose?: true;
  /** In `npm test` another condition or a spec of redis-kit tests the same path. */
  readonly stressOnly?: true;
  start(cartId: string): Promise<Trouble>;
}

/** One server that keeps what it acknowledged over a restart, and a hand on it. */
async function durable(args: readonly string[] = []) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'badger-outage-'));
  const start = (port?: number) => startRedisServer({ port, dataFolder, args: ['--appendfsync', 'always', ...args] });
  let server = await start();
  const { url, port } = server;
  return {
    settings: { url },
    urls: () => Promise.resolve([url]),
    port,
    kill: (signal: NodeJS.Signals) => server.stop(signal),
    signal: (signal: NodeJS.Signals) => Promise.resolve(server.process.kill(signal)),
    async restart() {
      server = await start(port);
    },
    async command(...command: [string, ...string[]]) {
      const redis = new Redis(url);
      await redis.call(...command);
      redis.disconnect();
    },
    async stop() {
      await server.stop('SIGKILL');
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const behindProxy = (name: string, begin: (proxy: Proxy) => void, end: (proxy: Proxy) => void): Condition => ({
  name,
  async start() {
    const server = await durable();
    const proxy = await startProxy(server.port);
    return {
      settings: { url: proxy.url },
      urls: () => Promise.resolve([proxy.url]),
      begin: () => Promise.resolve(begin(proxy)),
      end: () => Promise.resolve(end(proxy)),
      stop: () => Promise.all([proxy.stop(), server.stop()]),
    };
  },
});

const loadingArgs = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'];

export const conditions: readonly Condition[] = [
  {
    name: 'stopped, and started again',
    stressOnly: true,
    async start() {
      const server = await durable();
      return { ...server, begin: () => server.kill('SIGTERM'), end: server.restart };
    },
  },
  {
    name: 'killed, and started again',
    async start() {
      const server = await durable();
      return { ...server, begin: () => server.kill('SIGKILL'), end: server.restart };
    },
  },
  {
    name: 'paused (SIGSTOP)',
    async start() {
      const server = await durable();
      return { ...server, begin: () => server.signal('SIGSTOP'), end: () => server.signal('SIGCONT') };
    },
  },
  behindProxy(
    'slow (every reply 600 ms late)',
    (proxy) => (proxy.delayMs = 600),
    (proxy) => (proxy.delayMs = 0),
  ),
  behindProxy(
    'cut off in the middle of a reply',
    (proxy) => (proxy.cutsReplies = true),
    (proxy) => (proxy.cutsReplies = false),
  ),
  {
    name: 'a read-only replica',
    async start() {
      const server = await durable();
      const nowhere = String(await freePort());
      return {
        ...server,
        begin: () => server.command('REPLICAOF', '127.0.0.1', nowhere),
        end: () => server.command('REPLICAOF', 'NO', 'ONE'),
      };
    },
  },
  {
    name: 'out of memory (noeviction)',
    async start() {
      const server = await durable();
      return {
        ...server,
        begin: () => server.command('CONFIG', 'SET', 'maxmemory', '1'),
        end: () => server.command('CONFIG', 'SET', 'maxmemory', '0'),
      };
    },
  },
  {
    name: 'loading its data',
    async start() {
      const server = await durable(loadingArgs);
      await server.command('EVAL', "for i = 1, 3000 do redis.call('SET', 'filler:' .. i, i) end", '0');
      let restarted: Promise<void> | undefined;
      const begin = async () => {
        await server.kill('SIGKILL');
        restarted = server.restart();
      };
      const stop = async () => {
        await restarted;
        await server.stop();
      };
      return { ...server, begin, stop };
    },
  },
  {
    name: 'restarted empty (NOSCRIPT)',
    mayLose: true,
    async start() {
      let server = await startRedisServer();
      const { url, port } = server;
      return {
        settings: { url },
        urls: () => Promise.resolve([url]),
        begin: () => server.stop('SIGKILL'),
        end: async () => (server = await startRedisServer({ port })),
        stop: () => server.stop('SIGKILL'),
      };
    },
  },
  {
    name: 'failing over under Sentinel (primary killed)',
    stressOnly: true,
    mayLose: true,
    async start() {
      const { sentinels, sentinelName, servers, primary, stop } = await startRedisSentinel();
      return {
        settings: { sentinels, sentinelName },
        // A replica can be written a moment before the sentinels name it; only then can anybody know.
        urls: async () => [`redis://127.0.0.1:${(await primary()).port}`],
        begin: () => (servers[0] as RedisServer).stop('SIGKILL'),
        stop,
      };
    },
  },
  {
    name: 'moving the cart’s slot in a Cluster',
    stressOnly: true,
    async start(cartId) {
      const cluster = await startRedisCluster();
      const admin = new Redis(cluster.servers[0]?.url ?? '');
      const slot = await admin.cluster('KEYSLOT', cartId);
      admin.disconnect();
      const elsewhere = (Math.floor((slot * 3) / 16384) + 1) % 3;
      return {
        settings: { clusterNodes: cluster.nodes },
        urls: () => Promise.resolve(cluster.servers.map(({ url }) => url)),
        begin: () => cluster.moveSlot(slot, elsewhere),
        stop: () => cluster.stop(),
      };
    },
  },
];
