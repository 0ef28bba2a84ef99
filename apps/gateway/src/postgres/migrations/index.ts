import type { SqlMigration } from '@badger-store/postgres-kit';
import identity from './001-identity.sql';
import accountDeletion from './002-account-deletion.sql';

export const gatewayMigrations: readonly SqlMigration[] = [
  { name: '001-identity', sql: identity },
  { name: '002-account-deletion', sql: accountDeletion },
];
