import { z } from 'zod';
import { setting } from './kinds';

/** Where Redis is and how to get in; to be used together with `checkRedisSettings`. */
export const redisSettings = {
  REDIS_URL: setting.redisUrl.optional().meta({
    description:
      '`redis://` or `rediss://`. Set exactly one of `REDIS_URL`, `REDIS_SENTINELS` and `REDIS_CLUSTER_NODES`.',
    development: 'redis://127.0.0.1:6390',
    absent: 'one of three',
  }),
  REDIS_SENTINELS: setting.hostPorts.optional().meta({
    description: 'Sentinels as `host:port`, comma-separated.',
    example: '127.0.0.1:26379,127.0.0.1:26380,127.0.0.1:26381',
    absent: 'one of three',
  }),
  REDIS_SENTINEL_NAME: z.string().min(1).optional().meta({
    description: 'The name that the sentinels give the primary; required with `REDIS_SENTINELS`.',
    example: 'badger',
  }),
  REDIS_CLUSTER_NODES: setting.hostPorts.optional().meta({
    description: 'Some nodes of a cluster as `host:port`, comma-separated; the others are found through them.',
    example: '127.0.0.1:7001,127.0.0.1:7002',
    absent: 'one of three',
  }),
  REDIS_USERNAME: z.string().min(1).optional().meta({
    description: 'An ACL user; it overrides the user in `REDIS_URL`.',
    example: 'cart',
  }),
  REDIS_PASSWORD_FILE: setting.passwordPath.optional().meta({
    description: 'A file with the password; it is read for every new connection and overrides the one in `REDIS_URL`.',
    example: '/run/secrets/redis-password',
  }),
  REDIS_TLS_CA_FILE: setting.readablePath.optional().meta({
    description:
      'A PEM file with the authority; it is read for every new connection. Sentinels and clusters then use TLS.',
    example: '/run/secrets/redis-ca.crt',
  }),
  REDIS_TLS_CERT_FILE: setting.readablePath.optional().meta({
    description: 'A PEM file with the client certificate; it is read for every new connection.',
    example: '/run/secrets/redis-client.crt',
  }),
  REDIS_TLS_KEY_FILE: setting.readablePath.optional().meta({
    description: "A PEM file with the client certificate's key; it is read for every new connection.",
    example: '/run/secrets/redis-client.key',
  }),
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
