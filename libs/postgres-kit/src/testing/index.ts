export { openTestDatabase, type TestDatabase } from './test-database';
export { startPostgresServer, toOwnerUrl, type PostgresServer, type PostgresServerOptions } from './postgres-server';
