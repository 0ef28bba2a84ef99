import { runMain } from '@badger-store/service-kit';
import { composeCheckout } from './compose';
import { configSchema } from './config';
import { checkoutMigrations } from './postgres/migrations';
import { checkoutSchema } from './postgres/tables';

/** `main.js` serves; `main.js migrate` brings the schema up to date. */
runMain({
  name: 'checkout',
  configSchema,
  compose: (config, log) => composeCheckout(config, log),
  schema: checkoutSchema,
  migrations: checkoutMigrations,
});
