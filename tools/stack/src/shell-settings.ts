import { join } from 'node:path';
import { loadConfig, setting } from '@badger-store/service-kit';
import { z } from 'zod';
import manifest from '../../../services.json';
import { serviceNames, type Ports, type ServiceName } from './services';

const port = setting.number({ min: 1, max: 65535 });

const portSetting = (service: ServiceName) => `${service.toUpperCase()}_PORT`;

/** The default ports of Redis and PostgreSQL differ from those of servers that the machine may run. */
const schema = z.object({
  PORT: port.default(manifest.gateway.port),
  ADMIN_PORT: setting.number({ min: 1, max: 65536 - serviceNames.length }).optional(),
  REDIS_PORT: port.default(6390),
  POSTGRES_PORT: port.default(5490),
  DATA_FOLDER: z.string().optional(),
});
const portSchema = z.object(Object.fromEntries(serviceNames.map((name) => [portSetting(name), port.optional()])));

/** The settings that name an existing server. */
const addresses = {
  redis: ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
  postgres: ['DATABASE_URL'],
};
const details = {
  redis: /^REDIS_(USERNAME|PASSWORD_FILE|SENTINEL_NAME|TLS_\w+)$/,
  postgres: /^(DATABASE_PASSWORD_FILE|MIGRATION_DATABASE_\w+)$/,
};

export interface ShellSettings {
  /** The shell's variables without empty ones. */
  readonly env: NodeJS.ProcessEnv;
  readonly ports: Ports;
  readonly dataFolder: string;
  readonly startsRedis: boolean;
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string | undefined;
}

/** Throws an error that names the first invalid setting. */
export function readShellSettings(shell: NodeJS.ProcessEnv, root: string): ShellSettings {
  const env = Object.fromEntries(Object.entries(shell).filter(([, value]) => value !== ''));
  const config = loadConfig(schema, env);
  const servicePorts = loadConfig(portSchema, env);
  const toPort = (name: ServiceName) => [
    name,
    servicePorts[portSetting(name)] ?? (name === 'gateway' ? config.PORT : manifest[name].port),
  ];
  for (const server of ['redis', 'postgres'] as const) {
    const [address = ''] = addresses[server];
    if (addresses[server].some((name) => name in env)) continue;
    const detail = Object.keys(env).find((name) => details[server].test(name));
    if (detail) throw new Error(`setting ${detail}: is only for an existing server; set ${address} too`);
  }
  return {
    env,
    ports: {
      ...(Object.fromEntries(serviceNames.map(toPort)) as Record<ServiceName, number>),
      redis: config.REDIS_PORT,
      postgres: config.POSTGRES_PORT,
    },
    dataFolder: config.DATA_FOLDER ?? join(root, '.data'),
    startsRedis: !addresses.redis.some((name) => name in env),
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
  };
}
