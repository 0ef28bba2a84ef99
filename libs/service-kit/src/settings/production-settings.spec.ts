import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { serviceSecrets } from '../auth/service-token';
import { setting } from './kinds';
import { loadConfig } from './load-config';
import { processSettings } from './service-settings';
import { isWeakSecret } from './weak-secrets';

const strong = () => randomBytes(32).toString('base64url');

const weakSecrets = [
  ...[
    'gateway',
    'hunter2',
    'postgres',
    'Passw0rd!',
    'x'.repeat(43),
    'ab'.repeat(20),
    'abc123'.repeat(8),
    '0'.repeat(31) + '1',
  ],
  ...[
    'changeme'.repeat(5),
    'change-me-change-me-change-me-1234',
    'replace-this-with-32-characters-or-so',
    'aaaaaaaabbbbbbbbccccccccdddddddd',
  ],
  ...['0123456789abcdef0123456789abcdef', 'abcdefghijklmnopqrstuvwxyzabcdefgh', 'qwertyuiopasdfghjklzxcvbnmqwertyui'],
  ...[
    'development-secret-of-32-characters',
    'this-is-not-a-secret-this-is-not-a',
    'badger-store-service-token-1234567',
    'deadbeef'.repeat(4),
  ],
];

describe('a secret', () => {
  it.each(weakSecrets)('the secret %s is weak', (secret) => {
    expect(isWeakSecret(secret)).toBe(true);
  });

  it('a random secret is strong in any alphabet', () => {
    const encodings = ['hex', 'base64', 'base64url'] as const;
    const random = Array.from({ length: 40 }, (_, n) => randomBytes(16 + (n % 48)).toString(encodings[n % 3]));
    expect(random.filter(isWeakSecret)).toEqual([]);
  });
});

describe('NODE_ENV=production', () => {
  const folder = mkdtempSync(join(tmpdir(), 'production-settings-spec-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  const fileWith = (text: string) => {
    const path = join(folder, String(++files));
    writeFileSync(path, text);
    return path;
  };

  const schema = z.object({
    ...processSettings,
    REDIS_URL: setting.redisUrl,
    REDIS_PASSWORD_FILE: setting.passwordPath,
    DATABASE_URL: setting.postgresUrl,
    DATABASE_PASSWORD_FILE: setting.passwordPath,
    SERVICE_TOKEN_SECRET_FILE: serviceSecrets,
    REFRESH_TOKEN_SECRET_FILE: setting.fileText,
    STRIPE_SECRET_KEY_FILE: setting.fileText,
  });
  const good = () => ({
    NODE_ENV: 'production',
    REDIS_URL: `redis://me:${strong()}@redis`,
    REDIS_PASSWORD_FILE: fileWith(strong()),
    DATABASE_URL: `postgres://me:${strong()}@postgres/store`,
    DATABASE_PASSWORD_FILE: fileWith(`${strong()}\n`),
    SERVICE_TOKEN_SECRET_FILE: fileWith(`gateway:checkout ${strong()}\ncheckout:inventory ${strong()}\n`),
    REFRESH_TOKEN_SECRET_FILE: fileWith(`${strong()}\n${strong()}\n`),
    STRIPE_SECRET_KEY_FILE: fileWith(`sk_live_${strong()}`),
  });
  const weak: [string, () => string][] = [
    ['REDIS_URL', () => 'redis://me:hunter2@redis'],
    ['REDIS_PASSWORD_FILE', () => fileWith('hunter2')],
    ['DATABASE_URL', () => 'postgres://gateway:gateway@postgres/store'],
    ['DATABASE_URL', () => 'postgres://gateway@postgres/store?password=hunter2'],
    ['DATABASE_PASSWORD_FILE', () => fileWith('inventory\n')],
    [
      'SERVICE_TOKEN_SECRET_FILE',
      () => fileWith(`gateway:checkout ${strong()}\ncheckout:inventory ${'x'.repeat(40)}\n`),
    ],
    ['REFRESH_TOKEN_SECRET_FILE', () => fileWith(`${strong()}\n${'changeme'.repeat(5)}\n`)],
    ['STRIPE_SECRET_KEY_FILE', () => fileWith('sk_test')],
  ];

  it('production accepts random secrets', () => {
    expect(loadConfig(schema, good()).NODE_ENV).toBe('production');
  });

  it.each(weak)('production refuses a weak secret in %s (%#)', (name, value) => {
    expect(() => loadConfig(schema, { ...good(), [name]: value() })).toThrow(
      new RegExp(`^${name}: the secret is weak; .*DANGEROUSLY_ALLOW_INSECURE_SETTINGS=1`),
    );
  });

  it.each(weak)('production accepts a weak %s when DANGEROUSLY_ALLOW_INSECURE_SETTINGS is 1 (%#)', (name, value) => {
    const env = { ...good(), DANGEROUSLY_ALLOW_INSECURE_SETTINGS: '1', [name]: value() };
    expect(() => loadConfig(schema, env)).not.toThrow();
  });

  it.each(weak)('development accepts a weak %s (%#)', (name, value) => {
    expect(() => loadConfig(schema, { ...good(), NODE_ENV: 'development', [name]: value() })).not.toThrow();
  });

  it.each(['true', 'yes', '2'])('DANGEROUSLY_ALLOW_INSECURE_SETTINGS=%s is refused', (value) => {
    expect(() => loadConfig(schema, { ...good(), DANGEROUSLY_ALLOW_INSECURE_SETTINGS: value })).toThrow(
      'must be 0 or 1',
    );
  });
});
