import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@badger-store/service-kit';
import { configSchema } from './config';

const folder = mkdtempSync(join(tmpdir(), 'checkout-config-spec-'));
const secrets = join(folder, 'secrets');
const secretFor = (pair: string) => `${pair} ${randomBytes(32).toString('hex')}\n`;
writeFileSync(secrets, secretFor('checkout:inventory') + secretFor('checkout:gateway'));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (env: NodeJS.ProcessEnv) =>
  loadConfig(configSchema, {
    REDIS_URL: 'redis://redis',
    DATABASE_URL: 'postgres://checkout@postgres/store',
    INVENTORY_URL: 'http://inventory',
    GATEWAY_ADMIN_URL: 'http://gateway:9000',
    JWKS_URL: 'http://gateway/.well-known/jwks.json',
    FIRST_PARTY_ORIGINS: 'https://store.example',
    SERVICE_TOKEN_SECRET_FILE: secrets,
    ...env,
  });

describe('the payment method test', () => {
  it.each(['test', 'invoice,test', ' test '])(
    'is refused when NODE_ENV is production and PAYMENT_METHODS is %j',
    (methods) => {
      expect(() => load({ NODE_ENV: 'production', PAYMENT_METHODS: methods })).toThrow(
        /^PAYMENT_METHODS: the payment method test moves no money/,
      );
    },
  );

  it('is taken in production when DANGEROUSLY_ALLOW_INSECURE_SETTINGS is 1', () => {
    const env = { NODE_ENV: 'production', DANGEROUSLY_ALLOW_INSECURE_SETTINGS: '1', PAYMENT_METHODS: 'test' };
    expect(load(env).PAYMENT_METHODS).toEqual(['test']);
  });

  it.each(['development', 'test', undefined])('is taken when NODE_ENV is %s', (NODE_ENV) => {
    expect(load({ NODE_ENV, PAYMENT_METHODS: 'test,invoice' }).PAYMENT_METHODS).toEqual(['test', 'invoice']);
  });
});

it('production takes the payment method invoice', () => {
  expect(load({ NODE_ENV: 'production', PAYMENT_METHODS: 'invoice' }).PAYMENT_METHODS).toEqual(['invoice']);
});
