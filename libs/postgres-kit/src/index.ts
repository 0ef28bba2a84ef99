export {
  connectPostgres,
  usingPostgres,
  type Postgres,
  type PostgresDatabase,
  type PostgresSettings,
} from './connect-postgres';
export type { QueryReport } from './kysely-pool';
export { migrate, MigrationError, type SqlMigration } from './migrate';
export { isUniqueViolation, PostgresReadOnlyError, PostgresUnavailableError } from './postgres-errors';
