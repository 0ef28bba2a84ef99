import { runMain, toPostgresSettings } from '@badger-store/service-kit';
import { composeInventory } from './compose';
import { configSchema } from './config';
import { inventoryMigrations } from './postgres/migrations';
import { seedInventory } from './postgres/seed/seed-inventory';
import { inventorySchema } from './postgres/tables';

/** `main.js` serves; `main.js migrate` brings the schema up to date; `main.js seed` adds the items that are missing. */
runMain({
  name: 'inventory',
  configSchema,
  compose: composeInventory,
  schema: inventorySchema,
  migrations: inventoryMigrations,
  commands: {
    async seed(config, log) {
      log.info({ items: await seedInventory({ ...toPostgresSettings(config), schema: inventorySchema }) }, 'seeded');
    },
  },
});
