import { migrate } from '@badger-store/postgres-kit';
import {
  createLogger,
  ensureDevelopmentSecrets,
  loadConfig,
  runMain,
  serve,
  toPostgresSettings,
} from '@badger-store/service-kit';
import { composeCheckout } from './compose';
import { configSchema, developmentSettings } from './config';
import { checkoutMigrations } from './postgres/migrations';
import { checkoutSchema } from './postgres/tables';

/** `main.js` serves; `main.js migrate` brings the schema up to date. */
runMain('checkout', async () => {
  const development = process.env.NODE_ENV === 'development';
  const env: NodeJS.ProcessEnv = { ...(development ? developmentSettings : {}), ...process.env };
  if (development && env.SERVICE_TOKEN_SECRET_FILE) await ensureDevelopmentSecrets(env.SERVICE_TOKEN_SECRET_FILE);
  const config = loadConfig(configSchema, env);
  const log = createLogger('checkout', config.LOG_LEVEL);
  if (process.argv[2] === 'migrate') {
    const database = { ...toPostgresSettings(config), schema: checkoutSchema };
    log.info({ applied: await migrate(database, checkoutMigrations) }, 'migrated');
  } else await serve('checkout', config, () => composeCheckout(config, log));
});
