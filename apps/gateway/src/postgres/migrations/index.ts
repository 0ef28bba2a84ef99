import type { SqlMigration } from '@badger-store/postgres-kit';
import identity from './001-identity.sql';

export const gatewayMigrations: readonly SqlMigration[] = [{ name: '001-identity', sql: identity }];
