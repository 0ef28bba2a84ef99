import { PostgresDialect, sql, type Kysely } from 'kysely';
import { Pool } from 'pg';
import { freshClient } from './fresh-client';
import { toKyselyPool, type OnQuery } from './kysely-pool';
import { RepeatingKysely } from './repeat-rolled-back';

/** A database, as the service that owns a schema of it. */
export interface PostgresDatabase {
  /** `postgres://user@host:port/database`; `?sslmode=verify-full&sslrootcert=FILE` for TLS. */
  readonly url: string;
  /** Wins over a password in `url` and is read for every new connection, so that passwords can be replaced while it runs. */
  readonly passwordFile?: string;
  /** The service's own schema, and the only one on its search path. */
  readonly schema: string;
}

export interface PostgresSettings extends PostgresDatabase {
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  readonly maxConnections?: number;
  /** How long the server may work on one statement; default 2500. It waits for a lock for four fifths of it. */
  readonly statementTimeoutMs?: number;
  /** Told of every statement, for metrics: its first word and how it went, no values. */
  readonly onQuery?: OnQuery;
}

export interface Postgres<Tables> {
  /**
   * Every statement settles half a second after its time-out, if need be with a `PostgresUnavailableError`. A statement, or the
   * function of a transaction, runs again when PostgreSQL undid it for a deadlock or a serialization failure: at most three times.
   */
  readonly db: Kysely<Tables>;
  /** Resolves when PostgreSQL takes writes; rejects with a `PostgresReadOnlyError` where it only answers reads. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const connectTimeoutMs = 1000;

/** Fails as a write would, so that the connection is discarded and a server that was promoted is found. */
const requireWrites = sql`do $$ begin
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    raise exception 'PostgreSQL is read-only' using errcode = 'read_only_sql_transaction';
  end if;
end $$`;

/** Opens a bounded pool. It connects on demand, so it can be made while PostgreSQL is away. */
export function connectPostgres<Tables>(settings: PostgresSettings, onError: (error: Error) => void): Postgres<Tables> {
  const statementTimeoutMs = settings.statementTimeoutMs ?? 2500;
  const pool = new Pool({
    connectionString: settings.url,
    application_name: settings.applicationName,
    // One statement keeps one core busy at most.
    options: `-c search_path=${settings.schema} -c max_parallel_workers_per_gather=0`,
    max: settings.maxConnections ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // Ends before the statement does, so that a wait for a lock is reported as what it is.
    lock_timeout: statementTimeoutMs * 0.8,
    query_timeout: statementTimeoutMs + 500,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
    Client: freshClient(settings.url, settings.passwordFile),
  });
  pool.on('error', onError);
  const db = new RepeatingKysely<Tables>({
    dialect: new PostgresDialect({ pool: toKyselyPool(pool, settings.onQuery) }),
  });

  return {
    db,
    async ping() {
      await requireWrites.execute(db);
    },
    close: () => db.destroy(),
  };
}

/** Opens a single connection for a task that runs by itself, such as a migration or a seed, and closes it afterwards. */
export async function usingPostgres<Tables, Result>(
  settings: PostgresDatabase,
  use: (postgres: Postgres<Tables>) => Promise<Result>,
): Promise<Result> {
  const postgres = connectPostgres<Tables>(
    { ...settings, applicationName: `${settings.schema}-task`, maxConnections: 1, statementTimeoutMs: 60_000 },
    // With one connection in use nothing can go wrong unseen: the statement under way rejects.
    () => undefined,
  );
  try {
    return await use(postgres);
  } finally {
    await postgres.close();
  }
}
