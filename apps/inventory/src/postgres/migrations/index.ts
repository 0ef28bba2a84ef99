import type { SqlMigration } from '@badger-store/postgres-kit';
import items from './001-items.sql';
import reservations from './002-reservations.sql';

export const inventoryMigrations: readonly SqlMigration[] = [
  { name: '001-items', sql: items },
  { name: '002-reservations', sql: reservations },
];
