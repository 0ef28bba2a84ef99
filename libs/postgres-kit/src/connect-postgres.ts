import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool } from 'pg';
import { freshClient } from './fresh-client';
import { PostgresUnavailableError, toPostgresError, unavailableBecause } from './postgres-errors';

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
  readonly onQuery?: (report: QueryReport) => void;
}

export interface QueryReport {
  /** `select`, `insert`, … */
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or `POSTGRES_UNAVAILABLE`, or the SQLSTATE. */
  readonly outcome: string;
}

export interface Postgres<Tables> {
  /** Every statement settles half a second after its time-out, if need be with a `PostgresUnavailableError`. */
  readonly db: Kysely<Tables>;
  /** Resolves when PostgreSQL answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const connectTimeoutMs = 1000;

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
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: translating(pool, settings.onQuery) }) });

  return {
    db,
    async ping() {
      await sql`select 1`.execute(db);
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

/**
 * The pool as Kysely sees it: the driver's errors are translated in this one place, and a connection that failed or never
 * answered is thrown away, for the next user of it would wait behind the statement that hangs.
 */
function translating(pool: Pool, onQuery: PostgresSettings['onQuery']): PostgresPool {
  return {
    async connect(): Promise<PostgresPoolClient> {
      const client = await pool.connect().catch((error: unknown) => {
        throw unavailableBecause(error);
      });
      let broken = false;
      // The pool listens to the connections that wait in it. One in use may be lost between two statements, and nobody would hear
      // of it but the process, which would end.
      const onLost = () => (broken = true);
      client.on('error', onLost);
      return {
        // Kysely also has a form for cursors, which this store does not use.
        query: (async (statement: string, parameters: readonly unknown[]) => {
          const startedAt = performance.now();
          let outcome = 'ok';
          try {
            return await client.query(statement, [...parameters]);
          } catch (error) {
            const translated = toPostgresError(error);
            broken ||= translated instanceof PostgresUnavailableError;
            outcome = (translated as { code?: string }).code ?? 'error';
            throw translated;
          } finally {
            const command = commandOf(statement);
            onQuery?.({ command, durationMs: performance.now() - startedAt, outcome });
          }
        }) as unknown as PostgresPoolClient['query'],
        release() {
          client.off('error', onLost);
          client.release(broken);
        },
      };
    },
    end: () => pool.end(),
  };
}

const commands = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', 'with'];

/** One of few, so that a metric that is labelled with it stays small. */
function commandOf(statement: string): string {
  const [word = ''] = /[a-z]+/i.exec(statement.slice(0, 20)) ?? [];
  return commands.find((command) => command === word.toLowerCase()) ?? 'other';
}
