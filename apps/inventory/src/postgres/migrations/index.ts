import type { SqlMigration } from '@badger-store/postgres-kit';
import initial from './001-initial.sql';

export const inventoryMigrations: readonly SqlMigration[] = [{ name: '001-initial', sql: initial }];
