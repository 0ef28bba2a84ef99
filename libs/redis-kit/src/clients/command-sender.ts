import { InvalidOptionError } from '../redis-errors';
import { fromIoredis, isIoredis, type IoredisClient } from './ioredis';
import { fromNodeRedis, isNodeRedis, type NodeRedisClient } from './node-redis';

export interface SendCommandOptions {
  /** A key of the command: a Cluster sends the command to the node that owns the key. Without a key any node may get the command. */
  readonly key?: string | undefined;
  /** The command needs a primary. */
  readonly isWrite: boolean;
}

/** Anything that sends a command to Redis and resolves to the reply, as strings, numbers, `null` and arrays of these. */
export interface CommandSender {
  /** Rejects with an error whose message is the error reply of Redis, such as `NOSCRIPT No matching script`. */
  sendCommand(args: string[], options: SendCommandOptions): Promise<unknown>;
  /** Names the node that owns a key. Each node has its own clock; without this method all nodes count as one. */
  getNode?(key: string): string | undefined;
  /** A Cluster: senders to each of its primaries, for commands about all keys. */
  getPrimaries?(): Promise<readonly CommandSender[]>;
  /** Is awaited before the first command; rejects when the client would write to another place than its settings say. */
  prepare?(): Promise<void>;
}

/** A Redis client of the caller. */
export type ForeignClient = IoredisClient | NodeRedisClient | CommandSender;

/** Throws `InvalidOptionError` when the client is of no known kind, or has an option that changes keys or replies. */
export function toCommandSender(client: unknown): CommandSender {
  if (typeof client === 'object' && client !== null) {
    if (isIoredis(client)) return fromIoredis(client);
    if (isNodeRedis(client)) return fromNodeRedis(client);
    if ('sendCommand' in client && typeof client.sendCommand === 'function') return client as CommandSender;
  }
  throw new InvalidOptionError(
    'redis',
    'must be a URL, a client of ioredis or node-redis, or an object with sendCommand(args, options)',
  );
}
