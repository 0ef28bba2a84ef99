import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { PasswordFile } from './password-file';
import {
  breaksConnection,
  isInvalidPassword,
  PostgresReadOnlyError,
  toPostgresError,
  toUnavailable,
} from './postgres-errors';
import { repeatRolledBack } from './repeat-rolled-back';

export interface QueryReport {
  /** `select`, `insert`, … */
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or `POSTGRES_UNAVAILABLE`, or the SQLSTATE. */
  readonly outcome: string;
}

export type OnQuery = (report: QueryReport) => void;

/** Adapts the pool to Kysely: translates errors, repeats rolled-back statements, and discards broken connections. */
export function toKyselyPool(
  pool: Pool,
  passwordFile: PasswordFile | undefined,
  onQuery: OnQuery = () => undefined,
): PostgresPool {
  const connections = createConnections(pool, passwordFile);
  return {
    async connect() {
      const connection = new Connection(connections, await connections.acquire(), onQuery);
      // Kysely's type also has a `query` for cursors, which is not implemented.
      return connection as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

type Connections = ReturnType<typeof createConnections>;

/**
 * After a failover, pooled connections still lead to the old, read-only server. All connections that existed when a statement was sent to a
 * read-only server are discarded.
 */
function createConnections(pool: Pool, passwordFile: PasswordFile | undefined) {
  const numbers = new WeakMap<object, number>();
  let newest = 0;
  let staleUpTo = 0;
  pool.on('connect', (client) => {
    numbers.set(client, (newest += 1));
    // The pool's own listener is gone before `acquire` resolves. PostgreSQL may end a connection in the packet that says it is ready; its next
    // statement rejects then.
    client.on('error', () => undefined);
  });
  const getNumber = (client: PoolClient) => numbers.get(client) ?? 0;

  return {
    async acquire(): Promise<PoolClient> {
      for (let refusals = 0; ;) {
        const client = await pool.connect().catch((error: unknown) => {
          if (isInvalidPassword(error) && passwordFile && ++refusals < passwordFile.count()) return undefined;
          throw toUnavailable(error);
        });
        if (client === undefined) continue;
        if (getNumber(client) > staleUpTo) return client;
        client.release(true);
      }
    },
    newest: () => newest,
    discardUpTo(number: number) {
      staleUpTo = Math.max(staleUpTo, number);
    },
  };
}

class Connection {
  /** Why the connection is discarded. No other statement runs on it: it would wait behind the one that hangs. */
  private broken: Error | undefined;
  private isReleased = false;

  constructor(
    private readonly connections: Connections,
    private client: PoolClient,
    private readonly onQuery: OnQuery,
  ) {
    client.on('error', this.onLost);
  }

  async query(statement: string, parameters: readonly unknown[]) {
    // In a transaction PostgreSQL also rolls back the statements before this one.
    if (this.client.getTransactionStatus() !== 'I') return this.run(statement, parameters);
    return repeatRolledBack(async () => {
      if (this.broken instanceof PostgresReadOnlyError) await this.reconnect();
      return this.run(statement, parameters);
    });
  }

  release() {
    if (this.isReleased) return;
    this.isReleased = true;
    this.client.off('error', this.onLost);
    this.client.release(this.broken !== undefined);
  }

  private async run(statement: string, parameters: readonly unknown[]) {
    if (this.broken) throw this.broken;
    const startedAt = performance.now();
    const newest = this.connections.newest();
    let outcome = 'ok';
    try {
      return await this.client.query(statement, [...parameters]);
    } catch (thrown) {
      const error = toPostgresError(thrown);
      if (breaksConnection(error)) this.broken = error;
      if (error instanceof PostgresReadOnlyError) this.connections.discardUpTo(newest);
      outcome = (error as { code?: string }).code ?? 'error';
      throw error;
    } finally {
      this.onQuery({ command: parseCommand(statement), durationMs: performance.now() - startedAt, outcome });
    }
  }

  private async reconnect() {
    // Before `acquire`, since the pool may have only this connection.
    this.release();
    this.client = await this.connections.acquire();
    this.client.on('error', this.onLost);
    this.isReleased = false;
    this.broken = undefined;
  }

  /** Between two statements of a transaction. */
  private readonly onLost = (error: Error) => {
    this.broken ??= toUnavailable(error);
  };
}

const commands = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', 'with'];

/** Bounded, since it is the label of a metric. */
function parseCommand(statement: string): string {
  const [word = ''] = /[a-z]+/i.exec(statement.slice(0, 20)) ?? [];
  return commands.find((command) => command === word.toLowerCase()) ?? 'other';
}
