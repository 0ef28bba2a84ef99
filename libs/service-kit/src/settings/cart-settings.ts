import { setting } from './kinds';

/** What a cart is allowed; the same in every service that holds a cart cache. */
export const cartSettings = {
  CART_TTL_SECONDS: setting
    .seconds()
    .default(7 * 24 * 3600)
    .meta({
      description: 'How long a cart lives without a read or a change; the cart of a new guest lives a day at most.',
    }),
  CART_MAX_LINES: setting
    .number({ min: 1, max: 1000 })
    .default(100)
    .meta({ description: 'How many different items a cart holds; at most 1000.' }),
  CART_MAX_QUANTITY: setting
    .number({ min: 1, max: 1_000_000 })
    .default(999)
    .meta({ description: 'How many of one item a cart holds; at most 1000000.' }),
};

interface CartConfig {
  readonly CART_TTL_SECONDS: number;
  readonly CART_MAX_LINES: number;
  readonly CART_MAX_QUANTITY: number;
}

/** The settings in the words of a cart cache. */
export const toCartSettings = (config: CartConfig) => ({
  ttlSeconds: config.CART_TTL_SECONDS,
  maxLines: config.CART_MAX_LINES,
  maxQuantity: config.CART_MAX_QUANTITY,
});
