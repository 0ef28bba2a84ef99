import { z } from 'zod';
import { setting } from './config';

/** Where Redis is and how to get in; to be used together with `checkRedisSettings`. */
export const redisSettings = {
  REDIS_URL: setting.redisUrl.optional(),
  REDIS_SENTINELS: setting.hostPorts.optional(),
  REDIS_SENTINEL_NAME: z.string().min(1).optional(),
  REDIS_CLUSTER_NODES: setting.hostPorts.optional(),
  REDIS_USERNAME: z.string().min(1).optional(),
  /** Read again for every new connection, as the TLS files are. */
  REDIS_PASSWORD_FILE: setting.passwordPath.optional(),
  REDIS_TLS_CA_FILE: setting.readablePath.optional(),
  REDIS_TLS_CERT_FILE: setting.readablePath.optional(),
  REDIS_TLS_KEY_FILE: setting.readablePath.optional(),
};

type RedisConfig = { readonly [Name in keyof typeof redisSettings]?: z.output<(typeof redisSettings)[Name]> };

const places = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/** What the settings have to be together: for `superRefine` of a schema that holds them. */
export function checkRedisSettings(config: RedisConfig, context: z.RefinementCtx): void {
  const wrong = (name: keyof RedisConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const [place, another] = places.filter((name) => config[name] !== undefined);
  if (!place) wrong('REDIS_URL', 'must be set, or REDIS_SENTINELS, or REDIS_CLUSTER_NODES');
  if (another) wrong(another, `cannot be set together with ${place}`);
  if (config.REDIS_SENTINELS && !config.REDIS_SENTINEL_NAME) {
    wrong('REDIS_SENTINEL_NAME', 'must be set where REDIS_SENTINELS is');
  }
  if (config.REDIS_TLS_CERT_FILE && !config.REDIS_TLS_KEY_FILE) {
    wrong('REDIS_TLS_KEY_FILE', 'must be set where REDIS_TLS_CERT_FILE is');
  }
  if (config.REDIS_TLS_KEY_FILE && !config.REDIS_TLS_CERT_FILE) {
    wrong('REDIS_TLS_CERT_FILE', 'must be set where REDIS_TLS_KEY_FILE is');
  }
  if (tlsOf(config) && config.REDIS_URL?.startsWith('redis:')) {
    wrong('REDIS_URL', 'must be a rediss:// URL where REDIS_TLS_CA_FILE or REDIS_TLS_CERT_FILE is set');
  }
}

/** The settings in the words of a Redis client. Sentinels and clusters are reached over TLS where a TLS file is named. */
export function toRedisSettings(config: RedisConfig, connectionName: string) {
  const access = {
    connectionName,
    username: config.REDIS_USERNAME,
    passwordFile: config.REDIS_PASSWORD_FILE,
    tls: tlsOf(config),
  };
  if (config.REDIS_SENTINELS) {
    return { ...access, sentinels: config.REDIS_SENTINELS, sentinelName: config.REDIS_SENTINEL_NAME ?? '' };
  }
  if (config.REDIS_CLUSTER_NODES) return { ...access, clusterNodes: config.REDIS_CLUSTER_NODES };
  return { ...access, url: config.REDIS_URL ?? '' };
}

function tlsOf({ REDIS_TLS_CA_FILE: caFile, REDIS_TLS_CERT_FILE: certFile, REDIS_TLS_KEY_FILE: keyFile }: RedisConfig) {
  return caFile || certFile || keyFile ? { caFile, certFile, keyFile } : undefined;
}
