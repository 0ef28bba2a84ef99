import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs, type RedisConnection } from '../connection/redis-connection';
import type { HostPort } from '../redis-settings';
import type { RedisStatus } from '../redis-status';
import { withTimeout } from '../with-timeout';
import { toSlot } from './slot';
import type { Topology } from './topology';

interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly primary: HostPort;
}

const slotCount = 16384;
/** A node that hangs must not hold up the question to the next one. */
const slotsTimeoutMs = 200;
const refreshMs = 5000;
/** So that one reading serves all who ask for a refresh at once. */
const refreshSoonMs = 20;
const tryAgainMs = 20;

/** Each slot of keys has a primary that owns it; every primary has a connection of its own. Decision 0009 says why not by ioredis. */
export function createCluster(
  seeds: readonly HostPort[],
  status: RedisStatus,
  open: (node: HostPort, onChange: () => void) => RedisConnection,
): Topology {
  const connections = new Map<string, RedisConnection>();
  const seedNames = new Set(seeds.map(toName));
  const owners = new Array<RedisConnection | undefined>(slotCount);
  let primaries = new Set<RedisConnection>();
  let wakeRefresh = new AbortController();

  const onChange = () => {
    status.update([...primaries]);
    if (!status.isReady) wakeRefresh.abort();
  };
  const connectionTo = (node: HostPort): RedisConnection => {
    const connection = connections.get(toName(node)) ?? open(node, onChange);
    connections.set(toName(node), connection);
    return connection;
  };

  const apply = (ranges: readonly SlotRange[]) => {
    const before = primaries;
    primaries = new Set();
    owners.fill(undefined);
    for (const { from, to, primary } of ranges) {
      const connection = connectionTo(primary);
      primaries.add(connection);
      owners.fill(connection, from, to + 1);
    }
    for (const [name, connection] of connections) {
      if (primaries.has(connection) || seedNames.has(name)) continue;
      connections.delete(name);
      void connection.close(1000);
    }
    if ([...before].some((primary) => !primaries.has(primary)) && before.size <= primaries.size) status.failover();
  };
  const refresh = async (): Promise<boolean> => {
    const ready = [...connections.values()].filter(({ isReady }) => isReady);
    const asked = ready[Math.floor(Math.random() * ready.length)];
    const ranges = asked && (await readSlots(asked));
    if (status.isClosed || !ranges) return false;
    apply(ranges);
    status.update([...primaries]);
    return status.isReady;
  };
  const keepRefreshing = async () => {
    for (let failures = 0; !status.isClosed;) {
      wakeRefresh = new AbortController();
      failures = (await refresh()) ? 0 : failures + 1;
      const pauseMs = failures === 0 ? refreshMs * (0.5 + Math.random() / 2) : retryDelayMs(failures);
      await sleep(pauseMs, undefined, { signal: wakeRefresh.signal, ref: false }).catch(() => undefined);
      await sleep(refreshSoonMs, undefined, { ref: false });
    }
  };
  for (const seed of seeds) connectionTo(seed);
  void keepRefreshing();

  const connectionFor = (key: string | undefined): RedisConnection => {
    const connection = key === undefined ? [...primaries].find(({ isReady }) => isReady) : owners[toSlot(key)];
    if (connection?.isReady) return connection;
    if (connection) throw status.unavailable(connection, 'The cluster node that owns this key is not connected');
    throw unavailable();
  };
  const unavailable = () => status.unavailable([...primaries].find(({ isReady }) => !isReady));

  return {
    connectionFor,
    redirect(error, from: RedisConnection, key) {
      const [, kind, slot, host, port] = /^(MOVED|ASK) (\d+) (.*):(\d+)/.exec(error.message) ?? [];
      if (kind) {
        const connection = connectionTo({ host: host || getHost(from), port: Number(port) });
        if (kind === 'MOVED') {
          owners[Number(slot)] = connection;
          wakeRefresh.abort();
        }
        return Promise.resolve({ connection, asking: kind === 'ASK' });
      }
      if (error.message.startsWith('CLUSTERDOWN')) wakeRefresh.abort();
      if (!error.message.startsWith('TRYAGAIN')) return undefined;
      return sleep(tryAgainMs).then(() => ({ connection: connectionFor(key), asking: false }));
    },
    primaries() {
      if (!status.isReady) throw unavailable();
      return [...primaries];
    },
    async close(withinMs) {
      status.close();
      wakeRefresh.abort();
      await Promise.all([...connections.values()].map((connection) => connection.close(withinMs)));
    },
  };
}

const toName = ({ host, port }: HostPort): string => `${host}:${port}`;

/** A node that does not know its own host has the host by which it was reached. */
const getHost = ({ redis }: RedisConnection): string => redis.options.host ?? '';

/** Asks a node which primary owns which slots; `undefined` when the node does not reply. */
async function readSlots(asked: RedisConnection): Promise<SlotRange[] | undefined> {
  const reply = await withTimeout(slotsTimeoutMs, asked.redis.cluster('SLOTS')).catch(() => undefined);
  return (reply as [number, number, [string | null, number]][] | undefined)?.flatMap(([from, to, [host, port]]) =>
    host === '?' ? [] : [{ from, to, primary: { host: host || getHost(asked), port } }],
  );
}
