import { toSlot } from '../topology/slot';
import { InvalidOptionError, isErrorReply, RedisUnavailableError } from '../redis-errors';
import type { CommandSender } from './command-sender';

/** What is used of `Redis` and `Cluster` of ioredis 5 and 6. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
}

interface IoredisInternals extends IoredisClient {
  readonly options: { readonly keyPrefix?: string; readonly db?: number; readonly stringNumbers?: boolean };
  /** Of a Cluster: for each slot the names of its nodes, the primary first. */
  nodes?(role: 'master'): readonly IoredisClient[];
  readonly slots?: readonly (readonly string[] | undefined)[];
}

export const isIoredis = (client: object): client is IoredisClient =>
  'isCluster' in client && 'status' in client && 'call' in client && typeof client.call === 'function';

export function fromIoredis(client: IoredisClient): CommandSender {
  const { options, isCluster } = client as IoredisInternals;
  if (options.keyPrefix) throw new InvalidOptionError('redis', 'must be a client without keyPrefix');
  if (options.stringNumbers) throw new InvalidOptionError('redis', 'must be a client without stringNumbers');
  const sender: CommandSender = { sendCommand: ([name = '', ...args]) => client.call(name, ...args) };
  if (isCluster) {
    const cluster = client as IoredisInternals;
    return {
      ...sender,
      getNode: (key) => cluster.slots?.[toSlot(key)]?.[0],
      getPrimaries: async () => (cluster.nodes?.('master') ?? []).map(fromIoredis),
    };
  }
  if (!options.db) return sender;
  // When Redis refuses the database, ioredis continues with database 0.
  return { ...sender, prepare: () => selectDatabase(client, options.db) };
}

async function selectDatabase(client: IoredisClient, database: number | undefined): Promise<void> {
  try {
    await client.call('SELECT', String(database));
  } catch (thrown) {
    const { message } = thrown as Error;
    if (!isErrorReply(thrown as Error)) throw thrown;
    throw new RedisUnavailableError(`Redis refuses database ${database} (${message})`, false, {
      cause: new Error(message),
    });
  }
}
