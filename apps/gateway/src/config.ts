import { originList, serviceSettings, setting, userTokenSettings } from '@badger-store/service-kit';
import { z } from 'zod';
import { toSigningKey } from './domain/signing-key';

export const configSchema = z.object({
  ...serviceSettings,
  PORT: setting.port.default(3000),
  INVENTORY_URL: setting.serviceUrl,
  CHECKOUT_URL: setting.serviceUrl,
  FIRST_PARTY_ORIGINS: originList,
  USER_TOKEN_PRIVATE_KEY_FILE: setting.fileText.transform((pem, context) => {
    try {
      return toSigningKey(pem);
    } catch {
      context.addIssue({ code: 'custom', message: 'must hold a PEM private key on the curve P-256' });
      return z.NEVER;
    }
  }),
  ...userTokenSettings,
});

export type Config = z.infer<typeof configSchema>;

/** What the other services answer on, under `nx serve`. */
export const developmentSettings = {
  HOST: '127.0.0.1',
  INVENTORY_URL: 'http://127.0.0.1:3001',
  CHECKOUT_URL: 'http://127.0.0.1:3002',
  FIRST_PARTY_ORIGINS: 'http://localhost:3000,http://127.0.0.1:3000',
  USER_TOKEN_PRIVATE_KEY_FILE: '.data/keys/user-token.pem',
};
