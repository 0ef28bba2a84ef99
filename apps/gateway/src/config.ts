import {
  checkPostgresSettings,
  checkRedisSettings,
  originList,
  postgresSettings,
  redisSettings,
  serviceSecrets,
  serviceSettings,
  setting,
  userTokenSettings,
} from '@badger-store/service-kit';
import { z } from 'zod';
import { parseKeyFile } from './keys/key-file';
import { limitSettings } from './limits/limit-settings';

const days = 24 * 3600;

/** The path of the keys; the file is read again when it changes. */
const keyFile = z.string().superRefine((path, context) => {
  const text = setting.fileText.safeParse(path);
  if (!text.success) return context.addIssue(text.error.issues[0]?.message ?? 'cannot be read');
  try {
    parseKeyFile(text.data, Date.now());
  } catch {
    context.addIssue('must hold PEM private keys on the curve P-256, at least one of them active');
  }
});

/** One secret a line: new tokens are made with the first, those of the others are still known. */
const secrets = setting.fileText
  .transform((text) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  )
  .refine((lines) => lines.length > 0 && lines.every((line) => line.length >= 32), {
    error: 'must hold secrets of at least 32 characters, one a line',
  });

export const configSchema = z
  .object({
    ...serviceSettings,
    PORT: setting.port.default(3000),
    ...redisSettings,
    ...postgresSettings,
    INVENTORY_URL: setting.serviceUrls,
    CHECKOUT_URL: setting.serviceUrls,
    FIRST_PARTY_ORIGINS: originList,
    TRUSTED_PROXIES: setting.number({ min: 0, max: 10 }).default(0),
    ...limitSettings,
    USER_TOKEN_PRIVATE_KEY_FILE: keyFile,
    ...userTokenSettings,
    REFRESH_TOKEN_SECRET_FILE: secrets,
    DEVICE_COOKIE_SECRET_FILE: secrets,
    REFRESH_TTL_SECONDS: setting.seconds().default(30 * days),
    SERVICE_TOKEN_SECRET_FILE: serviceSecrets,
    CART_TTL_SECONDS: setting.seconds().default(7 * days),
    CART_MAX_LINES: setting.number({ min: 1, max: 1000 }).default(100),
    CART_MAX_QUANTITY: setting.number({ min: 1, max: 1_000_000 }).default(999),
  })
  .superRefine(checkRedisSettings)
  .superRefine(checkPostgresSettings);

export type Config = z.infer<typeof configSchema>;

/** What the other services answer on, under `nx serve`. */
export const developmentSettings = {
  HOST: '127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1:6390',
  DATABASE_URL: 'postgres://gateway:gateway@127.0.0.1:5490/badger_store',
  INVENTORY_URL: 'http://127.0.0.1:3001',
  CHECKOUT_URL: 'http://127.0.0.1:3002',
  FIRST_PARTY_ORIGINS: 'http://localhost:3000,http://127.0.0.1:3000',
  USER_TOKEN_PRIVATE_KEY_FILE: '.data/keys/user-token.pem',
  REFRESH_TOKEN_SECRET_FILE: '.data/keys/refresh-token-secret',
  DEVICE_COOKIE_SECRET_FILE: '.data/keys/device-cookie-secret',
  SERVICE_TOKEN_SECRET_FILE: '.data/keys/service-token-secrets',
};
