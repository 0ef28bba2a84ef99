import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { setting } from './kinds';
import { ConfigError, loadConfig } from './load-config';
import { processSettings } from './service-settings';

const schema = z.object({
  PORT: setting.port,
  SERVICE_URL: setting.httpOrigin,
  JWKS_URL: setting.httpUrl,
  REDIS_URL: setting.redisUrl,
  POSTGRES_URL: setting.postgresUrl,
  KEY_FILE: setting.fileText,
  ORIGINS: setting.origins,
  SECONDS: setting.seconds(),
  LIST: setting.list,
});

const folder = mkdtempSync(join(tmpdir(), 'config-spec-'));
const keyFile = join(folder, 'key');
writeFileSync(keyFile, 'the key');
afterAll(() => rmSync(folder, { recursive: true }));

const good = {
  PORT: '3000',
  SERVICE_URL: 'http://inventory:3001',
  JWKS_URL: 'https://gateway/.well-known/jwks.json',
  REDIS_URL: 'rediss://redis:6379',
  POSTGRES_URL: 'postgresql://postgres/store',
  KEY_FILE: keyFile,
  ORIGINS: 'https://store.example, http://localhost:3000',
  SECONDS: '30',
  LIST: 'a, b,,',
};

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

describe('loadConfig', () => {
  it('loadConfig parses valid variables', () => {
    expect(loadConfig(schema, { ...good, UNRELATED: 'x' })).toEqual({
      ...good,
      PORT: 3000,
      KEY_FILE: 'the key',
      ORIGINS: ['https://store.example', 'http://localhost:3000'],
      SECONDS: 30,
      LIST: ['a', 'b'],
    });
  });

  it.each(Object.keys(good))('loadConfig reports that %s is not set when it is missing or empty', (name) => {
    expect(refusal({ ...good, [name]: undefined })).toBe(`${name}: is not set`);
    expect(refusal({ ...good, [name]: '' })).toBe(`${name}: is not set`);
  });

  it.each([
    ['PORT', 'hunter2'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['SERVICE_URL', 'https://hunter2/path'],
    ['SERVICE_URL', 'hunter2'],
    ['JWKS_URL', 'file:///hunter2'],
    ['REDIS_URL', 'http://user:hunter2@redis'],
    ['POSTGRES_URL', 'mysql://user:hunter2@db'],
    ['KEY_FILE', '/nowhere/hunter2'],
    ['ORIGINS', 'hunter2'],
    ['SECONDS', '-7'],
    ['SECONDS', '1e9'],
  ])('loadConfig refuses %s=%s in one line that names it and omits its value', (name, value) => {
    const message = refusal({ ...good, [name]: value });
    expect(message).toMatch(new RegExp(`^${name}: (?!is not set).+$`));
    expect(message).not.toContain('\n');
    expect(message).not.toContain(value);
    expect(message).not.toContain('hunter2');
  });

  it('loadConfig uses the default for an empty variable', () => {
    const env = { HOST: '', ADMIN_PORT: '', LOG_LEVEL: '', DRAIN_SECONDS: '' };
    expect(loadConfig(z.object(processSettings), env)).toEqual({
      DANGEROUSLY_ALLOW_INSECURE_SETTINGS: false,
      HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      DRAIN_SECONDS: 25,
    });
  });
});

describe('a list of origins', () => {
  it.each([
    ['a trailing slash', 'https://store.example/'],
    ['a path', 'https://store.example/shop'],
    ['a default port that browsers leave out', 'https://store.example:443'],
    ['upper case', 'https://Store.example'],
    ['a user', 'https://me@store.example'],
    ['the null origin', 'null'],
    ['a wildcard', '*'],
    ['one wrong origin among good ones', 'https://store.example,https://other.example/'],
  ])('a list of origins refuses %s', (_what, text) => {
    expect(setting.origins.safeParse(text).success).toBe(false);
  });
});
