import { join } from 'node:path';
import { loadConfig, setting } from '@badger-store/service-kit';
import { z } from 'zod';
import manifest from '../../../services.json';
import { serviceNames, type Ports, type ServiceName } from './services';

const port = setting.number({ min: 1, max: 65535 });

const portSetting = (service: ServiceName) => `${service.toUpperCase()}_PORT`;

/** Redis and PostgreSQL listen on other ports than a machine's own ones. Each service after the first has the next admin port. */
const schema = z.object({
  PORT: port.default(manifest.gateway.port),
  ADMIN_PORT: setting.number({ min: 1, max: 65536 - serviceNames.length }).optional(),
  REDIS_PORT: port.default(6390),
  POSTGRES_PORT: port.default(5490),
  DATA_FOLDER: z.string().optional(),
});
const portSchema = z.object(Object.fromEntries(serviceNames.map((name) => [portSetting(name), port.optional()])));

/** Settings of servers that somebody else runs, and which of them name the server. */
const places = {
  redis: ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
  postgres: ['DATABASE_URL'],
};
const details = {
  redis: /^REDIS_(USERNAME|PASSWORD_FILE|SENTINEL_NAME|TLS_\w+)$/,
  postgres: /^DATABASE_PASSWORD_FILE$/,
};

export interface ShellSettings {
  /** The shell's variables; one that is set to nothing counts as not set. */
  readonly env: NodeJS.ProcessEnv;
  readonly ports: Ports;
  readonly dataFolder: string;
  /** Whether the store has a server of its own. */
  readonly startsRedis: boolean;
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string | undefined;
}

/** Reads what the shell sets for `npm start`. Throws an error that names the setting where one is wrong. */
export function readShellSettings(shell: NodeJS.ProcessEnv, root: string): ShellSettings {
  const env = Object.fromEntries(Object.entries(shell).filter(([, value]) => value !== ''));
  const config = loadConfig(schema, env);
  const servicePorts = loadConfig(portSchema, env);
  const portOf = (name: ServiceName) => [
    name,
    servicePorts[portSetting(name)] ?? (name === 'gateway' ? config.PORT : manifest[name].port),
  ];
  for (const server of ['redis', 'postgres'] as const) {
    const [place = ''] = places[server];
    if (places[server].some((name) => name in env)) continue;
    const detail = Object.keys(env).find((name) => details[server].test(name));
    if (detail) throw new Error(`setting ${detail}: is for a server that is already there; set ${place} too`);
  }
  return {
    env,
    ports: {
      ...(Object.fromEntries(serviceNames.map(portOf)) as Record<ServiceName, number>),
      redis: config.REDIS_PORT,
      postgres: config.POSTGRES_PORT,
    },
    dataFolder: config.DATA_FOLDER ?? join(root, '.data'),
    startsRedis: !places.redis.some((name) => name in env),
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
  };
}
