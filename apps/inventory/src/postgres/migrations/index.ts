import type { SqlMigration } from '@badger-store/postgres-kit';
import inventory from './001-inventory.sql';

export const inventoryMigrations: readonly SqlMigration[] = [{ name: '001-inventory', sql: inventory }];
