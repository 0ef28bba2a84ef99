export { startPostgresServer, toOwnerUrl, type PostgresServer, type PostgresServerOptions } from './postgres-server';
