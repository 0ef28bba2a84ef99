import { join } from 'node:path';
import { runMain, toPostgresSettings } from '@badger-store/service-kit';
import { composeInventory } from './compose';
import { configSchema } from './config';
import { inventoryMigrations } from './postgres/migrations';
import { seedInventory } from './postgres/seed-inventory';
import { inventorySchema } from './postgres/tables';

/** The build copies the folder next to the program. */
const assets = join(__dirname, 'assets');

/** `main.js` serves, `main.js migrate` migrates the schema, and `main.js seed` adds missing items. */
runMain({
  name: 'inventory',
  configSchema,
  compose: composeInventory,
  schema: inventorySchema,
  migrations: inventoryMigrations,
  commands: {
    async seed(config, log) {
      const database = { ...toPostgresSettings(config), schema: inventorySchema };
      log.info({ items: await seedInventory(database, assets) }, 'seeded');
    },
  },
});
