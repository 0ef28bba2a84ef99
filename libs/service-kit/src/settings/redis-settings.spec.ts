import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, loadConfig } from './load-config';
import { checkRedisSettings, redisSettings, toRedisSettings } from './redis-settings';

const schema = z.object({ ...redisSettings, PORT: z.coerce.number().default(1) }).superRefine(checkRedisSettings);
const load = (env: NodeJS.ProcessEnv) => toRedisSettings(loadConfig(schema, env), 'cart');

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

const folder = mkdtempSync(join(tmpdir(), 'redis-settings-spec-'));
const file = join(folder, 'password');
writeFileSync(file, 'secret\n');
const empty = join(folder, 'hunter2');
writeFileSync(empty, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('the settings of Redis', () => {
  it('the settings of Redis can name a single server', () => {
    expect(load({ REDIS_URL: 'redis://host:1', REDIS_SENTINELS: '' })).toEqual({
      connectionName: 'cart',
      url: 'redis://host:1',
    });
  });

  it('the settings of Redis can name sentinels', () => {
    const env = {
      REDIS_SENTINELS: 'one:26379, [::1]:26380',
      REDIS_SENTINEL_NAME: 'badger',
      REDIS_USERNAME: 'cart',
      REDIS_PASSWORD_FILE: file,
    };
    expect(load(env)).toEqual({
      connectionName: 'cart',
      sentinels: [
        { host: 'one', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      sentinelName: 'badger',
      username: 'cart',
      passwordFile: file,
    });
  });

  it('the settings of Redis can name nodes of a cluster, with TLS', () => {
    const env = { REDIS_CLUSTER_NODES: '10.0.0.1:6379', REDIS_TLS_CA_FILE: file };
    expect(load(env)).toEqual({
      connectionName: 'cart',
      clusterNodes: [{ host: '10.0.0.1', port: 6379 }],
      tls: { caFile: file },
    });
  });

  it.each([
    [{}, 'REDIS_URL: must be set, or REDIS_SENTINELS, or REDIS_CLUSTER_NODES'],
    [{ REDIS_URL: '' }, 'REDIS_URL: must be set, or REDIS_SENTINELS, or REDIS_CLUSTER_NODES'],
    [
      { REDIS_URL: 'redis://host', REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'x' },
      'REDIS_SENTINELS: cannot be set together with REDIS_URL',
    ],
    [
      { REDIS_URL: 'redis://host', REDIS_CLUSTER_NODES: 'a:1' },
      'REDIS_CLUSTER_NODES: cannot be set together with REDIS_URL',
    ],
    [{ REDIS_SENTINELS: 'a:1' }, 'REDIS_SENTINEL_NAME: must be set together with REDIS_SENTINELS'],
    [{ REDIS_SENTINELS: 'hunter2' }, 'REDIS_SENTINELS: must be like host:port or [IPv6]:port, comma-separated'],
    [
      { REDIS_CLUSTER_NODES: 'a:1,me:hunter2@b:2' },
      'REDIS_CLUSTER_NODES: must be like host:port or [IPv6]:port, comma-separated',
    ],
    [{ REDIS_CLUSTER_NODES: 'a:65536' }, 'REDIS_CLUSTER_NODES: must be like host:port or [IPv6]:port, comma-separated'],
    [
      { REDIS_URL: 'redis://host', REDIS_PASSWORD_FILE: '/nowhere/hunter2' },
      'REDIS_PASSWORD_FILE: the file cannot be read (ENOENT)',
    ],
    [
      { REDIS_URL: 'redis://host', REDIS_PASSWORD_FILE: empty },
      'REDIS_PASSWORD_FILE: the file must hold a password: one line of 1 to 1000 characters',
    ],
    [
      { REDIS_URL: 'rediss://host', REDIS_TLS_CERT_FILE: file },
      'REDIS_TLS_KEY_FILE: must be set together with REDIS_TLS_CERT_FILE',
    ],
    [
      { REDIS_URL: 'rediss://host', REDIS_TLS_KEY_FILE: file },
      'REDIS_TLS_CERT_FILE: must be set together with REDIS_TLS_KEY_FILE',
    ],
    [
      { REDIS_URL: 'redis://host', REDIS_TLS_CA_FILE: file },
      'REDIS_URL: must be a rediss:// URL if REDIS_TLS_CA_FILE or REDIS_TLS_CERT_FILE is set',
    ],
  ])('the settings of Redis %j are refused in one line that names the variable', (env, message) => {
    expect(refusal(env)).toBe(message);
  });
});
