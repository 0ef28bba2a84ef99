import { connectRedis, type ForeignClient, type RedisClient } from '@badger-store/redis-kit';
import type { RedisCluster, RedisServer } from '@badger-store/redis-kit/testing';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

export interface OwnClient {
  readonly redis: ForeignClient | RedisClient;
  close(): unknown;
}

export interface Servers {
  readonly server: Pick<RedisServer, 'url'>;
  readonly cluster: Pick<RedisCluster, 'nodes'>;
}

const ignoreErrors = () => undefined;

/** One client of each kind that `createCarts` takes, with its default options, and our own connection to a Cluster. */
export const ownClients: Readonly<Record<string, (servers: Servers) => Promise<OwnClient>>> = {
  async ioredis({ server }) {
    const redis = new Redis(server.url);
    return { redis, close: () => redis.disconnect() };
  },
  async 'ioredis Cluster'({ cluster }) {
    const redis = new Cluster([...cluster.nodes]);
    return { redis, close: () => redis.disconnect() };
  },
  async 'node-redis'({ server }) {
    const redis = await createClient({ url: server.url }).on('error', ignoreErrors).connect();
    return { redis, close: () => redis.destroy() };
  },
  async 'node-redis cluster'({ cluster }) {
    const rootNodes = cluster.nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
    const redis = await createCluster({ rootNodes }).on('error', ignoreErrors).connect();
    return { redis, close: () => redis.destroy() };
  },
  async 'our own connection to a Cluster'({ cluster }) {
    const redis = connectRedis({ clusterNodes: cluster.nodes, deadlineMs: 5000 }, ignoreErrors);
    await redis.ready(30_000);
    return { redis, close: () => redis.close() };
  },
  async sendCommand({ server }) {
    const redis = new Redis(server.url);
    const sendCommand = ([name = '', ...args]: string[]) => redis.call(name, ...args);
    return { redis: { sendCommand }, close: () => redis.disconnect() };
  },
};
