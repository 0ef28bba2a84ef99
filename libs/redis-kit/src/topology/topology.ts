import type { RedisConnection } from '../connection/redis-connection';
import type { RedisUnavailableError } from '../redis-errors';
import type { RedisStatus } from '../redis-status';

/** Which server owns which key: `standalone`, `sentinel` or `cluster`. */
export interface Topology {
  /** The connection to the server that owns the key, or to any server; throws `RedisUnavailableError` when it is not ready. */
  connectionFor(key: string | undefined): RedisConnection;
  /**
   * The destination to which an error reply redirects a command that was not run; `undefined` when the reply is no redirect.
   * The connection may not be ready yet.
   */
  redirect?(error: Error, from: RedisConnection, key: string | undefined): Promise<Destination> | undefined;
  /** The error for a call that needs a primary while one of them is not ready. */
  unavailable(): RedisUnavailableError;
  /** The servers that must all be connected for Redis to be ready. */
  primaries(): readonly RedisConnection[];
  close(withinMs: number): Promise<void>;
}

export interface Destination {
  readonly connection: RedisConnection;
  /** The slot is being moved to this server, which serves it only to clients that were redirected. */
  readonly asking: boolean;
}

/** One server owns all keys. */
export const createStandalone = (connection: RedisConnection, status: RedisStatus): Topology => ({
  connectionFor() {
    if (!connection.isReady) throw status.unavailable(connection);
    return connection;
  },
  unavailable: () => status.unavailable(connection),
  primaries: () => [connection],
  close: (withinMs) => connection.close(withinMs),
});
