import { migrate } from '@badger-store/postgres-kit';
import { createLogger, loadConfig, runMain, runService } from '@badger-store/service-kit';
import { composeCheckout } from './compose';
import { configSchema, developmentSettings } from './config';
import { checkoutMigrations } from './postgres/migrations';
import { checkoutSchema } from './postgres/tables';

/** `main.js` serves; `main.js migrate` brings the schema up to date. */
runMain('checkout', async () => {
  const defaults = process.env.NODE_ENV === 'development' ? developmentSettings : {};
  const config = loadConfig(configSchema, { ...defaults, ...process.env });
  const log = createLogger('checkout', config.LOG_LEVEL);
  if (process.argv[2] === 'migrate') {
    const database = { url: config.DATABASE_URL, schema: checkoutSchema };
    log.info({ applied: await migrate(database, checkoutMigrations) }, 'migrated');
  } else await runService(composeCheckout(config, log));
});
