import { z } from 'zod';
import { setting } from './kinds';

/** A schema with these settings needs `checkRedisSettings`. */
export const redisSettings = {
  REDIS_URL: setting.redisUrl.optional().meta({
    description:
      'A `redis://` or `rediss://` URL. Set exactly one of `REDIS_URL`, `REDIS_SENTINELS` and `REDIS_CLUSTER_NODES`.',
    development: 'redis://127.0.0.1:6390',
    absent: 'one of three',
  }),
  REDIS_SENTINELS: setting.hostPorts.optional().meta({
    description: 'Sentinels as `host:port`, comma-separated.',
    example: '127.0.0.1:26379,127.0.0.1:26380,127.0.0.1:26381',
    absent: 'one of three',
  }),
  REDIS_SENTINEL_NAME: z.string().min(1).optional().meta({
    description: 'The name of the primary at the sentinels; required with `REDIS_SENTINELS`.',
    example: 'badger',
  }),
  REDIS_CLUSTER_NODES: setting.hostPorts.optional().meta({
    description: 'Some nodes of a cluster as `host:port`, comma-separated. They name the other nodes.',
    example: '127.0.0.1:7001,127.0.0.1:7002',
    absent: 'one of three',
  }),
  REDIS_USERNAME: z.string().min(1).optional().meta({
    description: 'An ACL user; it overrides the user in `REDIS_URL`.',
    example: 'cart',
  }),
  REDIS_PASSWORD_FILE: setting.passwordPath.optional().meta({
    description: 'A file with the password, read for each new connection. It overrides the password in `REDIS_URL`.',
    example: '/run/secrets/redis-password',
  }),
  REDIS_TLS_CA_FILE: setting.readablePath.optional().meta({
    description:
      'A PEM file with the certificate authority, read for each new connection. Sentinels and clusters then use TLS.',
    example: '/run/secrets/redis-ca.crt',
  }),
  REDIS_TLS_CERT_FILE: setting.readablePath.optional().meta({
    description: 'A PEM file with the client certificate, read for each new connection.',
    example: '/run/secrets/redis-client.crt',
  }),
  REDIS_TLS_KEY_FILE: setting.readablePath.optional().meta({
    description: "A PEM file with the client certificate's key, read for each new connection.",
    example: '/run/secrets/redis-client.key',
  }),
};

type RedisConfig = { readonly [Name in keyof typeof redisSettings]?: z.output<(typeof redisSettings)[Name]> };

const alternatives = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

export function checkRedisSettings(config: RedisConfig, context: z.RefinementCtx): void {
  const refuse = (name: keyof RedisConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const [first, second] = alternatives.filter((name) => config[name] !== undefined);
  if (!first) refuse('REDIS_URL', 'must be set, or REDIS_SENTINELS, or REDIS_CLUSTER_NODES');
  if (second) refuse(second, `cannot be set together with ${first}`);
  if (config.REDIS_SENTINELS && !config.REDIS_SENTINEL_NAME) {
    refuse('REDIS_SENTINEL_NAME', 'must be set together with REDIS_SENTINELS');
  }
  if (config.REDIS_TLS_CERT_FILE && !config.REDIS_TLS_KEY_FILE) {
    refuse('REDIS_TLS_KEY_FILE', 'must be set together with REDIS_TLS_CERT_FILE');
  }
  if (config.REDIS_TLS_KEY_FILE && !config.REDIS_TLS_CERT_FILE) {
    refuse('REDIS_TLS_CERT_FILE', 'must be set together with REDIS_TLS_KEY_FILE');
  }
  if (toTlsFiles(config) && config.REDIS_URL?.startsWith('redis:')) {
    refuse('REDIS_URL', 'must be a rediss:// URL if REDIS_TLS_CA_FILE or REDIS_TLS_CERT_FILE is set');
  }
}

export function toRedisSettings(config: RedisConfig, connectionName: string) {
  const credentials = {
    connectionName,
    username: config.REDIS_USERNAME,
    passwordFile: config.REDIS_PASSWORD_FILE,
    tls: toTlsFiles(config),
  };
  if (config.REDIS_SENTINELS) {
    return { ...credentials, sentinels: config.REDIS_SENTINELS, sentinelName: config.REDIS_SENTINEL_NAME ?? '' };
  }
  if (config.REDIS_CLUSTER_NODES) return { ...credentials, clusterNodes: config.REDIS_CLUSTER_NODES };
  return { ...credentials, url: config.REDIS_URL ?? '' };
}

function toTlsFiles({
  REDIS_TLS_CA_FILE: caFile,
  REDIS_TLS_CERT_FILE: certFile,
  REDIS_TLS_KEY_FILE: keyFile,
}: RedisConfig) {
  return caFile || certFile || keyFile ? { caFile, certFile, keyFile } : undefined;
}
