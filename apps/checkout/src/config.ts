import {
  checkPostgresSettings,
  checkRedisSettings,
  checkServiceSecrets,
  insecureHint,
  mustBeSecure,
  originList,
  postgresSettings,
  redisSettings,
  serviceSecrets,
  serviceSettings,
  setting,
  verifierSettings,
} from '@badger-store/service-kit';
import { paymentMethods } from '@badger-store/store-api';
import { z } from 'zod';

/** Whole numbers of the minor unit of the catalogue's currency. */
const amount = setting.number({ min: 0, max: 1_000_000_000 });
const secretFile = setting.fileText.transform((text) => text.trim()).pipe(z.string().min(1, 'the file is empty'));

export const configSchema = z
  .object({
    ...serviceSettings,
    PORT: setting.port.default(3002),
    ...redisSettings,
    ...postgresSettings,
    INVENTORY_URL: setting.serviceUrls,
    GATEWAY_ADMIN_URL: setting.serviceUrls,
    ...verifierSettings,
    FIRST_PARTY_ORIGINS: originList,
    SERVICE_TOKEN_SECRET_FILE: serviceSecrets,
    CART_TTL_SECONDS: setting.seconds().default(7 * 24 * 3600),
    CHECKOUT_LEASE_SECONDS: setting.seconds(3600).default(30),
    CHECKOUT_UNKNOWN_MAX_SECONDS: setting.seconds(7 * 24 * 3600).default(900),
    PAYMENT_METHODS: setting.list.pipe(z.array(z.enum(paymentMethods)).min(1)),
    PAYMENT_DEADLINE_SECONDS: setting.seconds(60).default(10),
    SHIPPING_AMOUNT: amount.default(0),
    FREE_SHIPPING_FROM_AMOUNT: amount.optional(),
    TAX_BASIS_POINTS: setting.number({ min: 0, max: 10_000 }).default(0),
    INVOICE_DUE_DAYS: setting.number({ min: 1, max: 365 }).default(14),
    STRIPE_SECRET_KEY_FILE: secretFile.optional(),
    STRIPE_WEBHOOK_SECRET_FILE: secretFile.optional(),
    STRIPE_API_URL: setting.httpOrigin.optional(),
    ORDER_EVENTS_KEPT: setting.number({ min: 1, max: 1_000_000_000 }).default(100_000),
  })
  .superRefine(checkRedisSettings)
  .superRefine(checkPostgresSettings)
  .superRefine(checkServiceSecrets('checkout:inventory', 'checkout:gateway'))
  .superRefine((config, context) => {
    if (!mustBeSecure(config) || !config.PAYMENT_METHODS.includes('test')) return;
    const message = `test takes no money; name other payment methods (${insecureHint})`;
    context.addIssue({ code: 'custom', path: ['PAYMENT_METHODS'], message });
  })
  .superRefine((config, context) => {
    if (!config.PAYMENT_METHODS.includes('stripe')) return;
    for (const name of ['STRIPE_SECRET_KEY_FILE', 'STRIPE_WEBHOOK_SECRET_FILE'] as const) {
      if (config[name] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'is needed for the payment method stripe' });
      }
    }
  });

export type Config = z.infer<typeof configSchema>;

/** What `npm run deps` and the other services answer on, under `nx serve`. */
export const developmentSettings = {
  HOST: '127.0.0.1',
  REDIS_URL: 'redis://127.0.0.1:6390',
  DATABASE_URL: 'postgres://checkout:checkout@127.0.0.1:5490/badger_store',
  INVENTORY_URL: 'http://127.0.0.1:3001',
  GATEWAY_ADMIN_URL: 'http://127.0.0.1:3000',
  JWKS_URL: 'http://127.0.0.1:3000/.well-known/jwks.json',
  FIRST_PARTY_ORIGINS: 'http://localhost:3000,http://127.0.0.1:3000',
  SERVICE_TOKEN_SECRET_FILE: '.data/keys/service-token-secrets',
  PAYMENT_METHODS: 'test,invoice',
};
