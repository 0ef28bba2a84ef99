export {
  connectPostgres,
  usingPostgres,
  type Postgres,
  type PostgresDatabase,
  type PostgresSettings,
  type QueryReport,
} from './connect-postgres';
export { migrate, type SqlMigration } from './migrate';
export { isUniqueViolation, PostgresUnavailableError } from './postgres-errors';
