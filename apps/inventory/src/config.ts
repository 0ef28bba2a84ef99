import {
  checkServiceSecrets,
  createServiceSchema,
  gatewayAdminSetting,
  jwksSetting,
  setting,
  upstreamSetting,
} from '@badger-store/service-kit';
import type { z } from 'zod';

export const configSchema = createServiceSchema('inventory')
  .safeExtend({
    JWKS_URL: jwksSetting,
    GATEWAY_ADMIN_URL: gatewayAdminSetting,
    CHECKOUT_URL: upstreamSetting('checkout'),
    RESERVATION_CHECK_SECONDS: setting
      .seconds(24 * 3600)
      .default(120)
      .meta({
        description: 'How long stock is reserved before inventory asks checkout about the order; at most 86400.',
      }),
  })
  .superRefine(checkServiceSecrets('inventory:gateway'));

export type Config = z.infer<typeof configSchema>;
