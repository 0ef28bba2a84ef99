import { join } from 'node:path';
import { migrate } from '@badger-store/postgres-kit';
import {
  createLogger,
  ensureDevelopmentSecrets,
  loadConfig,
  runMain,
  serve,
  toPostgresSettings,
} from '@badger-store/service-kit';
import { composeInventory } from './compose';
import { configSchema, developmentSettings } from './config';
import { inventoryMigrations } from './postgres/migrations';
import { seedInventory } from './postgres/seed-inventory';
import { inventorySchema } from './postgres/tables';

/** The build copies them to the same place beside the program. */
const assets = join(__dirname, 'assets');

/** `main.js` serves; `main.js migrate` brings the schema up to date; `main.js seed` adds the seed items. */
runMain('inventory', async () => {
  const development = process.env.NODE_ENV === 'development';
  const env: NodeJS.ProcessEnv = { ...(development ? developmentSettings : {}), ...process.env };
  if (development && env.SERVICE_TOKEN_SECRET_FILE) await ensureDevelopmentSecrets(env.SERVICE_TOKEN_SECRET_FILE);
  const config = loadConfig(configSchema, env);
  const log = createLogger('inventory', config.LOG_LEVEL);
  const [command] = process.argv.slice(2);
  const database = { ...toPostgresSettings(config), schema: inventorySchema };
  if (command === 'migrate') log.info({ applied: await migrate(database, inventoryMigrations) }, 'migrated');
  else if (command === 'seed') log.info({ items: await seedInventory(database, assets) }, 'seeded');
  else await serve('inventory', config, () => composeInventory(config, log));
});
