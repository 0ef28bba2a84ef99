import { connectRedis, type RedisClient, type RedisSettings } from '@badger-store/redis-kit';
import { startRedisCluster, startRedisServer } from '@badger-store/redis-kit/testing';

/** Long enough that a busy machine is not taken for an outage, which is not what these tests are about. */
const deadlineMs = 10_000;

export interface RedisWithClients {
  readonly clients: readonly RedisClient[];
  stop(): Promise<void>;
}

export async function connectClients(
  where: { readonly url: string } | Pick<Extract<RedisSettings, { clusterNodes: unknown }>, 'clusterNodes'>,
  count: number,
): Promise<RedisClient[]> {
  const clients = Array.from({ length: count }, () =>
    connectRedis({ ...where, connectionName: 'stress', deadlineMs }, () => undefined),
  );
  await Promise.all(clients.map((client) => client.ready(10_000)));
  return clients;
}

/** Redis as it may be deployed, started for one spec file. */
export const deployments: Readonly<Record<string, () => Promise<RedisWithClients>>> = {
  async 'one Redis'() {
    const server = await startRedisServer();
    const clients = await connectClients(server, 3);
    return { clients, stop: () => end(clients, () => server.stop()) };
  },
  async 'a Cluster of three primaries'() {
    const cluster = await startRedisCluster();
    const clients = await connectClients({ clusterNodes: cluster.nodes }, 3);
    return { clients, stop: () => end(clients, () => cluster.stop()) };
  },
};

async function end(clients: readonly RedisClient[], stop: () => Promise<void>): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
  await stop();
}
