import type { Call } from '../commands/calls';
import type { Args } from '../commands/send';
import type { ClockOffset } from '../connection/clock-offset';
import type { RedisConnection } from '../connection/redis-connection';
import type { RedisStatus } from '../redis-status';

/** What a client needs of a connection. */
export interface Connection {
  readonly isReady: boolean;
  readonly clockOffset: ClockOffset;
  /** Marks the call as sent, and sends a command; throws when the caller has stopped waiting. */
  send(args: Args, call: Call, asking?: boolean): Promise<unknown>;
  /** Looks for problems of the server's configuration. */
  inspect?(): Promise<void>;
}

/** Which server owns which key: `standalone`, `sentinel`, `cluster`, or what a client of the caller knows. */
export interface Topology {
  /** The connection to the server that owns the key, or to any server; throws `RedisUnavailableError` when it is not ready. */
  connectionFor(key: string | undefined): Connection;
  /**
   * The destination to which an error reply redirects a command that was not run; `undefined` when the reply is no redirect.
   * The connection may not be ready yet.
   */
  redirect?(error: Error, from: Connection, key: string | undefined): Promise<Destination> | undefined;
  /** The connections to all primaries; throws or rejects with `RedisUnavailableError` while one of them is not ready. */
  primaries(): readonly Connection[] | Promise<readonly Connection[]>;
  close(withinMs: number): Promise<void>;
}

export interface Destination {
  readonly connection: Connection;
  /** The slot is being moved to this server, which serves it only to clients that were redirected. */
  readonly asking: boolean;
}

/** One server owns all keys. */
export const createStandalone = (connection: RedisConnection, status: RedisStatus): Topology => ({
  connectionFor() {
    if (!connection.isReady) throw status.unavailable(connection);
    return connection;
  },
  primaries() {
    if (!status.isReady) throw status.unavailable(connection);
    return [connection];
  },
  close(withinMs) {
    status.close();
    return connection.close(withinMs);
  },
});
