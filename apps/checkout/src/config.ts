import {
  checkRedisSettings,
  originList,
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
    PORT: setting.port.default(3002),
    ...redisSettings,
    DATABASE_URL: setting.postgresUrl,
    INVENTORY_URL: setting.serviceUrl,
    ...verifierSettings,
    FIRST_PARTY_ORIGINS: originList,
    SERVICE_TOKEN_SECRET_FILE: serviceSecrets,
    CART_TTL_SECONDS: setting.seconds.default(7 * 24 * 3600),
    CHECKOUT_LEASE_SECONDS: setting.seconds.default(30),
    PAYMENT_METHODS: setting.list.pipe(z.array(z.enum(['test'])).min(1)),
    PAYMENT_DEADLINE_SECONDS: setting.seconds.max(60).default(10),
  })
  .superRefine(checkRedisSettings);

export type Config = z.infer<typeof configSchema>;

/** What `npm run deps` and the other services answer on, under `nx serve`. */
export const developmentSettings = {
  HOST: '127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1:6390',
  DATABASE_URL: 'postgres://checkout:checkout@127.0.0.1:5490/badger_store',
  INVENTORY_URL: 'http://127.0.0.1:3001',
  JWKS_URL: 'http://127.0.0.1:3000/.well-known/jwks.json',
  FIRST_PARTY_ORIGINS: 'http://localhost:3000,http://127.0.0.1:3000',
  SERVICE_TOKEN_SECRET_FILE: '.data/keys/service-token-secrets',
  PAYMENT_METHODS: 'test',
};
