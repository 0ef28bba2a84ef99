export { startPostgresServer, type PostgresServer, type PostgresServerOptions } from './postgres-server';
