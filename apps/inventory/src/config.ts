import {
  checkPostgresSettings,
  checkRedisSettings,
  checkServiceSecrets,
  postgresSettings,
  redisSettings,
  serviceSecrets,
  serviceSettings,
  setting,
  verifierSettings,
} from '@badger-store/service-kit';
import { z } from 'zod';

export const configSchema = z
  .object({
    ...serviceSettings,
    PORT: setting.port.default(3001),
    ...redisSettings,
    ...postgresSettings,
    ...verifierSettings,
    CHECKOUT_URL: setting.serviceUrls,
    GATEWAY_ADMIN_URL: setting.serviceUrls,
    SERVICE_TOKEN_SECRET_FILE: serviceSecrets,
    RESERVATION_CHECK_SECONDS: setting.seconds(24 * 3600).default(120),
    CART_TTL_SECONDS: setting.seconds().default(7 * 24 * 3600),
    CART_MAX_LINES: setting.number({ min: 1, max: 1000 }).default(100),
    CART_MAX_QUANTITY: setting.number({ min: 1, max: 1_000_000 }).default(999),
  })
  .superRefine(checkRedisSettings)
  .superRefine(checkPostgresSettings)
  .superRefine(checkServiceSecrets('inventory:gateway'));

export type Config = z.infer<typeof configSchema>;

/** What `npm run deps` and the other services answer on, under `nx serve`. */
export const developmentSettings = {
  HOST: '127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1:6390',
  DATABASE_URL: 'postgres://inventory:inventory@127.0.0.1:5490/badger_store',
  JWKS_URL: 'http://127.0.0.1:3000/.well-known/jwks.json',
  CHECKOUT_URL: 'http://127.0.0.1:3002',
  GATEWAY_ADMIN_URL: 'http://127.0.0.1:3000',
  SERVICE_TOKEN_SECRET_FILE: '.data/keys/service-token-secrets',
};
