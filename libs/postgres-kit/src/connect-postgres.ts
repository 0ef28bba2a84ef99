import { TLSSocket } from 'node:tls';
import { PostgresDialect, sql, type Kysely } from 'kysely';
import { Pool } from 'pg';
import { freshClient } from './fresh-client';
import { toKyselyPool, type OnQuery } from './kysely-pool';
import { openPasswordFile } from './password-file';
import { RepeatingKysely } from './repeat-rolled-back';

/** A database, and the schema in it that a service owns. */
export interface PostgresDatabase {
  /** `postgres://user@host:port/database`; `?sslmode=verify-full&sslrootcert=FILE` for TLS. */
  readonly url: string;
  /** Overrides a password in `url`. Its lines are read for every new connection, and tried in turn until PostgreSQL accepts one. */
  readonly passwordFile?: string;
  /** The only schema on the search path. */
  readonly schema: string;
}

export interface PostgresSettings extends PostgresDatabase {
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  readonly maxConnections?: number;
  /** Default 2500. A statement waits for a lock for four fifths of it. */
  readonly statementTimeoutMs?: number;
  /** Default 1000. */
  readonly connectTimeoutMs?: number;
  /** Called after every statement, for metrics. The report has no values. */
  readonly onQuery?: OnQuery;
  /** Called for every new connection over TLS, with the time until which the server's certificate is valid. */
  readonly onCertificate?: (expiresAt: Date) => void;
}

export interface Postgres<Tables> {
  /**
   * Every statement settles within half a second after its time-out, or rejects with a `PostgresUnavailableError`. After a deadlock or a
   * serialization failure, the statement, or the function of the transaction, runs again, at most three times in all.
   */
  readonly db: Kysely<Tables>;
  /** Rejects with a `PostgresReadOnlyError` when PostgreSQL accepts only reads. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Fails as a write would, so that the connection is discarded, and the next one reaches the promoted server. */
const requireWrites = sql`do $$ begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    raise exception 'PostgreSQL is read-only' using errcode = 'read_only_sql_transaction';
  end if;
end $$`;

/** Opens a bounded pool. It connects on demand, so PostgreSQL may be unavailable. */
export function connectPostgres<Tables>(settings: PostgresSettings, onError: (error: Error) => void): Postgres<Tables> {
  const statementTimeoutMs = settings.statementTimeoutMs ?? 2500;
  const passwordFile = settings.passwordFile === undefined ? undefined : openPasswordFile(settings.passwordFile);
  const pool = new Pool({
    connectionString: settings.url,
    application_name: settings.applicationName,
    // So that one statement uses at most one core.
    options: `-c search_path=${settings.schema} -c max_parallel_workers_per_gather=0`,
    max: settings.maxConnections ?? 10,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 1000,
    statement_timeout: statementTimeoutMs,
    // Shorter than the statement's time-out, so that the error names the lock.
    lock_timeout: statementTimeoutMs * 0.8,
    query_timeout: statementTimeoutMs + 500,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
    // A server can take a renewed certificate while its connections stay.
    maxLifetimeSeconds: 3600,
    Client: freshClient(settings.url, passwordFile),
  });
  pool.on('error', onError);
  pool.on('connect', (client) => {
    // The driver's types lack the socket.
    const { stream } = (client as unknown as { connection: { stream: unknown } }).connection;
    if (stream instanceof TLSSocket) settings.onCertificate?.(new Date(stream.getPeerCertificate().valid_to));
  });
  const db = new RepeatingKysely<Tables>({
    dialect: new PostgresDialect({ pool: toKyselyPool(pool, passwordFile, settings.onQuery) }),
  });

  return {
    db,
    async ping() {
      await requireWrites.execute(db);
    },
    close: () => db.destroy(),
  };
}

/** Opens a single connection for a task such as a migration, and closes it afterwards. */
export async function usingPostgres<Tables, Result>(
  settings: PostgresDatabase,
  use: (postgres: Postgres<Tables>) => Promise<Result>,
): Promise<Result> {
  const postgres = connectPostgres<Tables>(
    {
      ...settings,
      applicationName: `${settings.schema}-task`,
      maxConnections: 1,
      statementTimeoutMs: 60_000,
      connectTimeoutMs: 10_000,
    },
    // An error of the one connection also rejects the statement in flight.
    () => undefined,
  );
  try {
    return await use(postgres);
  } finally {
    await postgres.close();
  }
}
