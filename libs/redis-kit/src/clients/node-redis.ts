import { toSlot } from '../topology/slot';
import type { CommandSender } from './command-sender';

/** What is used of the clients of node-redis 4 and later. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  /** Its `sendCommand` has other parameters for a cluster, and is no part of this type. */
  connect(): Promise<unknown>;
}

interface NodeRedisServer {
  sendCommand(args: string[], options: object): Promise<unknown>;
}

interface NodeRedisCluster {
  readonly masters: readonly object[];
  nodeClient(node: object): NodeRedisClient | Promise<NodeRedisClient>;
  readonly slots: readonly ({ readonly master: { readonly address: string } } | undefined)[];
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: string[], options: object): Promise<unknown>;
}

/** Strings as strings and numbers as numbers, also where the client maps types differently. */
const defaultTypes = { typeMapping: {} };

export const isNodeRedis = (client: object): client is NodeRedisClient =>
  'isOpen' in client && 'sendCommand' in client && typeof client.sendCommand === 'function';

export function fromNodeRedis(client: NodeRedisClient): CommandSender {
  if (!('slots' in client)) {
    const server = client as unknown as NodeRedisServer;
    return { sendCommand: (args) => server.sendCommand(args, defaultTypes) };
  }
  const cluster = client as unknown as NodeRedisCluster;
  return {
    sendCommand: (args, { key, isWrite }) => cluster.sendCommand(key, !isWrite, args, defaultTypes),
    getNode: (key) => cluster.slots[toSlot(key)]?.master.address,
    getPrimaries: () => Promise.all(cluster.masters.map(async (node) => fromNodeRedis(await cluster.nodeClient(node)))),
  };
}
