import type { SqlMigration } from '@badger-store/postgres-kit';
import items from './001-items.sql';

export const inventoryMigrations: readonly SqlMigration[] = [{ name: '001-items', sql: items }];
