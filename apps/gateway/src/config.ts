import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createServiceSchema,
  firstPartyOriginsSetting,
  setting,
  succeeds,
  upstreamSetting,
} from '@badger-store/service-kit';
import { z } from 'zod';
import { parseKeyFile } from './keys/key-file';

const keyFile = setting.pathOf(
  z.string().refine((text) => succeeds(() => parseKeyFile(text, Date.now())), {
    error: 'must hold PEM private keys on the curve P-256, at least one of them active',
  }),
);

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

const perMinute = (max: number, description: string) =>
  setting.number({ min: 1, max: 1_000_000_000 }).default(max).meta({ description });

const siteFolder = z.string().refine((folder) => existsSync(join(folder, 'index.html')), {
  error: 'must be a folder with an index.html',
});

export const configSchema = createServiceSchema('gateway').safeExtend({
  INVENTORY_URL: upstreamSetting('inventory'),
  CHECKOUT_URL: upstreamSetting('checkout'),
  FIRST_PARTY_ORIGINS: firstPartyOriginsSetting,
  SITE_FOLDER: siteFolder.optional().meta({
    description: 'The folder of the built storefront, which is served at `/`, `/shop` and `/account`.',
  }),
  TRUSTED_PROXIES: setting.number({ min: 0, max: 10 }).default(0).meta({
    description: 'The number of trusted proxies in front of the gateway, whose `X-Forwarded-For` entries are used.',
  }),
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute(1200, 'Requests a minute from one address.'),
  RATE_LIMIT_SESSION_PER_MINUTE: perMinute(600, 'Requests a minute in one session.'),
  RATE_LIMIT_API_KEY_PER_MINUTE: perMinute(6000, 'Requests a minute with one API key.'),
  RATE_LIMIT_AUTH_PER_MINUTE: perMinute(
    60,
    'Requests a minute from one address to the routes that begin or renew sessions.',
  ),
  USER_TOKEN_PRIVATE_KEY_FILE: keyFile.meta({
    description:
      'PEM private keys on P-256, each after a line `active-from: <time>` if there are several; the gateway reads a changed file within a second.',
    development: '.data/keys/user-token.pem',
  }),
  REFRESH_TOKEN_SECRET_FILE: secrets.meta({
    description: 'Secrets of at least 32 characters, one a line; the first one signs new refresh tokens.',
    development: '.data/keys/refresh-token-secret',
  }),
  DEVICE_COOKIE_SECRET_FILE: secrets.meta({
    description: 'Secrets of at least 32 characters, one a line; the first one signs new device cookies.',
    development: '.data/keys/device-cookie-secret',
  }),
  REFRESH_TTL_SECONDS: setting
    .seconds()
    .default(30 * 24 * 3600)
    .meta({
      description: "How long a session lives without a refresh; a guest's session at least `CART_TTL_SECONDS`.",
    }),
});

export type Config = z.infer<typeof configSchema>;
