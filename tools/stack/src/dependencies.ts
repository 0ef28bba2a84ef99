import { join } from 'node:path';
import { startPostgresServer, toOwnerUrl } from '@badger-store/postgres-kit/testing';
import { startRedisServer } from '@badger-store/redis-kit/testing';
import { requireFreePort } from './ports';
import { databaseServices, ownDatabaseUrl, ownRedisUrl, type Ports, type Stores } from './services';

export interface DependencyOptions {
  readonly ports: Ports;
  /** The folder for the data of Redis and PostgreSQL; default: temporary folders. */
  readonly dataFolder?: string;
  /** An existing Redis. */
  readonly redisUrl?: string;
  /** False if the shell names sentinels or a cluster; default: whether `redisUrl` is missing. */
  readonly startsRedis?: boolean;
  /** An existing PostgreSQL, for all services. */
  readonly databaseUrl?: string;
  readonly say: (line: string) => void;
}

export interface Dependencies extends Stores {
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts Redis and PostgreSQL, except those that the options name. */
export async function startDependencies(options: DependencyOptions): Promise<Dependencies> {
  const { ports, dataFolder, say } = options;
  const startsRedis = options.startsRedis ?? !options.redisUrl;
  if (startsRedis) await requireFreePort(ports, 'redis');
  if (!options.databaseUrl) await requireFreePort(ports, 'postgres');
  const started: Stoppable[] = [];
  const stop = async () => {
    for (const server of started.reverse()) await server.stop();
  };
  const folder = (name: string) => dataFolder && join(dataFolder, name);

  try {
    let { redisUrl } = options;
    if (startsRedis) {
      const redis = await startRedisServer({ port: ports.redis, dataFolder: folder('redis'), detached: true });
      started.push(redis);
      redisUrl = ownRedisUrl(ports);
      say(`redis      127.0.0.1:${ports.redis}`);
    }
    let databaseUrls: Record<string, string>;
    let migrationUrls: Record<string, string> | undefined;
    if (options.databaseUrl) {
      const url = options.databaseUrl;
      databaseUrls = Object.fromEntries(databaseServices.map((service) => [service, url]));
    } else {
      const postgres = await startPostgresServer({
        port: ports.postgres,
        dataFolder: folder('postgres'),
        detached: true,
      });
      started.push(postgres);
      await postgres.createDatabase('badger_store', databaseServices);
      databaseUrls = Object.fromEntries(databaseServices.map((service) => [service, ownDatabaseUrl(ports, service)]));
      migrationUrls = Object.fromEntries(
        Object.entries(databaseUrls).map(([service, url]) => [service, toOwnerUrl(url)]),
      );
      say(`postgres   127.0.0.1:${ports.postgres}`);
    }
    return { redisUrl, databaseUrls, migrationUrls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
