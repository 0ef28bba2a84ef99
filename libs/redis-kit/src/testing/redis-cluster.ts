import { freePort, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import type { HostPort } from '../redis-settings';
import { startRedisServer, type RedisServer } from './redis-server';

export interface RedisCluster {
  readonly nodes: readonly HostPort[];
  readonly servers: readonly RedisServer[];
  /** Moves a slot, with its keys, to the node of that index. `onTheWay` runs when the keys are there and the slot is not. */
  moveSlot(slot: number, toIndex: number, onTheWay?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const size = 3;
const slots = 16384;

/** Three primaries without replicas, each with a third of the slots, which it serves also when another one is gone. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  const admins: Redis[] = [];
  const stop = async () => {
    for (const admin of admins) admin.disconnect();
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  };
  try {
    const busPorts: number[] = [];
    for (let i = 0; i < size; i++) {
      const busPort = await freePort();
      const server = await startRedisServer({ args: clusterArgs(busPort) });
      servers.push(server);
      busPorts.push(busPort);
      admins.push(new Redis(server.url, { disconnectTimeout: 100 }).on('error', () => undefined));
    }
    const [first] = admins;
    for (const [i, admin] of admins.entries()) {
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
      await admin.call(
        'CLUSTER',
        'ADDSLOTSRANGE',
        Math.ceil((i * slots) / size),
        Math.ceil(((i + 1) * slots) / size) - 1,
      );
      if (i > 0) await first?.call('CLUSTER', 'MEET', host, String(servers[i]?.port), String(busPorts[i]));
    }
    await until('every node knows who serves every slot', async () => {
      const views = await Promise.all(admins.map((admin) => admin.call('CLUSTER', 'INFO') as Promise<string>));
      return views.every((view) => view.includes('cluster_state:ok') && view.includes('cluster_slots_ok:16384'));
    });
    return {
      nodes: servers.map(({ port }) => ({ host, port })),
      servers,
      moveSlot: (slot, toIndex, onTheWay) => moveSlot(admins, servers, slot, toIndex, onTheWay),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const clusterArgs = (busPort: number) => [
  ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '1000'],
  ...['--cluster-require-full-coverage', 'no'],
];

/** https://redis.io/docs/latest/commands/cluster-setslot/ */
async function moveSlot(
  admins: readonly Redis[],
  servers: readonly RedisServer[],
  slot: number,
  toIndex: number,
  onTheWay?: () => Promise<void>,
): Promise<void> {
  const ids = await Promise.all(admins.map((admin) => admin.call('CLUSTER', 'MYID') as Promise<string>));
  const ranges = (await admins[toIndex]?.call('CLUSTER', 'SLOTS')) as [number, number, [string, number, string]][];
  const owner = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][2];
  const from = admins[ids.findIndex((id) => id === owner)];
  const to = admins[toIndex];
  if (!from || !to || from === to) throw new Error(`Slot ${slot} cannot be moved to node ${toIndex}.`);

  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(owner));
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(ids[toIndex]));
  for (;;) {
    const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
    if (keys.length === 0) break;
    await from.call('MIGRATE', host, String(servers[toIndex]?.port), '', 0, 1000, 'KEYS', ...keys);
  }
  await onTheWay?.();
  for (const admin of [to, from, ...admins.filter((other) => other !== to && other !== from)]) {
    await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(ids[toIndex]));
  }
}
