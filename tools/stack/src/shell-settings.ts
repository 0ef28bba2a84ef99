import { join } from 'node:path';
import { loadConfig, setting } from '@badger-store/service-kit';
import { z } from 'zod';
import type { Ports } from './services';

const port = setting.number({ min: 1, max: 65535 });

/** Redis and PostgreSQL listen on other ports than a machine's own ones. The last of three admin ports is ADMIN_PORT + 2. */
const schema = z.object({
  PORT: port.default(3000),
  GATEWAY_PORT: port.optional(),
  INVENTORY_PORT: port.default(3001),
  CHECKOUT_PORT: port.default(3002),
  ADMIN_PORT: setting.number({ min: 1, max: 65533 }).optional(),
  REDIS_PORT: port.default(6390),
  POSTGRES_PORT: port.default(5490),
  DATA_FOLDER: z.string().optional(),
});

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
  for (const server of ['redis', 'postgres'] as const) {
    const [place = ''] = places[server];
    if (places[server].some((name) => name in env)) continue;
    const detail = Object.keys(env).find((name) => details[server].test(name));
    if (detail) throw new Error(`setting ${detail}: is for a server that is already there; set ${place} too`);
  }
  return {
    env,
    ports: {
      gateway: config.GATEWAY_PORT ?? config.PORT,
      inventory: config.INVENTORY_PORT,
      checkout: config.CHECKOUT_PORT,
      redis: config.REDIS_PORT,
      postgres: config.POSTGRES_PORT,
    },
    dataFolder: config.DATA_FOLDER ?? join(root, '.data'),
    startsRedis: !places.redis.some((name) => name in env),
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
  };
}
