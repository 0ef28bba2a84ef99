import type { RedisConnection } from '../connection/redis-connection';

/** Which server owns which key: `standalone`, `sentinel` or `cluster`. */
export interface Topology {
  /** The connection to the server that owns the key, or to any server; throws `RedisUnavailableError` when it is not ready. */
  connectionFor(key: string | undefined): RedisConnection;
  /**
   * The destination to which an error reply redirects a command that was not run; `undefined` where the reply is no redirect.
   * The connection may not be ready yet.
   */
  redirect?(error: Error, from: RedisConnection, key: string | undefined): Promise<Destination> | undefined;
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
export const createStandalone = (connection: RedisConnection): Topology => ({
  connectionFor() {
    if (!connection.isReady) throw connection.unavailable();
    return connection;
  },
  primaries: () => [connection],
  close: (withinMs) => connection.close(withinMs),
});
