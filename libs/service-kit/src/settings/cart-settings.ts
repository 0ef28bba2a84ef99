import type { z } from 'zod';
import { setting } from './kinds';

/** Every service that has a cart cache needs the same limits. */
export const cartSettings = {
  CART_TTL_SECONDS: setting
    .seconds()
    .default(7 * 24 * 3600)
    .meta({
      description:
        'A cart expires after this time without a read or a change. The cart of a new guest expires after a day at most.',
    }),
  CART_MAX_LINES: setting
    .number({ min: 1, max: 1000 })
    .default(100)
    .meta({ description: 'The maximum number of lines in a cart, up to 1000.' }),
  CART_MAX_QUANTITY: setting
    .number({ min: 1, max: 1_000_000 })
    .default(999)
    .meta({ description: 'The maximum quantity of a line, up to 1000000.' }),
};

export const toCartSettings = (config: z.output<z.ZodObject<typeof cartSettings>>) => ({
  ttlSeconds: config.CART_TTL_SECONDS,
  maxLines: config.CART_MAX_LINES,
  maxQuantity: config.CART_MAX_QUANTITY,
});
