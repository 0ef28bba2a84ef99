import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import type { HostPort } from '../redis-settings';
import { removeFolder, startRedisProcess, withTemporaryFolder, type RedisProcess } from './redis-process';
import { startRedisServer, type RedisServer } from './redis-server';

export interface RedisSentinel {
  readonly sentinels: readonly HostPort[];
  readonly sentinelProcesses: readonly RedisProcess[];
  readonly sentinelName: string;
  /** The first one was started as the primary. */
  readonly servers: readonly RedisServer[];
  /** What a sentinel says, the first one unless another is named. */
  primary(sentinel?: number): Promise<HostPort>;
  /** Resolves when each sentinel sees all others, and both replicas in step with the primary. */
  whenComplete(): Promise<void>;
  /** Hands over to a replica. */
  failover(): Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const sentinelName = 'badger';

/** One primary, two replicas and three sentinels; resolves when each sentinel sees both replicas in step with the primary. */
export const startRedisSentinel = (): Promise<RedisSentinel> => withTemporaryFolder(startIn);

async function startIn(folder: string): Promise<RedisSentinel> {
  const running: { stop(signal?: NodeJS.Signals): Promise<void> }[] = [];
  const started = async <Started extends { stop(): Promise<void> }>(starting: Promise<Started>): Promise<Started> => {
    const it = await starting;
    running.push(it);
    return it;
  };
  const askers: Redis[] = [];
  const stop = async () => {
    for (const asker of askers) asker.disconnect();
    await Promise.all(running.map((it) => it.stop('SIGKILL')));
    await removeFolder(folder);
  };

  try {
    const noDelay = ['--repl-diskless-sync-delay', '0'];
    const primary = await started(startRedisServer({ args: noDelay }));
    const replicaOf = ['--replicaof', `${host} ${primary.port}`, ...noDelay];
    const servers = [primary];
    for (let i = 0; i < 2; i++) servers.push(await started(startRedisServer({ args: replicaOf })));

    const sentinels: HostPort[] = [];
    const sentinelProcesses: RedisProcess[] = [];
    for (let i = 0; i < 3; i++) {
      const port = await freePort();
      sentinelProcesses.push(await started(startSentinel(join(folder, String(i)), port, primary.port)));
      sentinels.push({ host, port });
      askers.push(new Redis({ host, port, disconnectTimeout: 100 }).on('error', () => undefined));
    }
    const whenComplete = () =>
      until(
        'each sentinel sees all others and both replicas',
        async () => (await Promise.all(askers.map(isComplete))).every(Boolean),
        30_000,
      );
    await whenComplete();

    return {
      sentinels,
      sentinelProcesses,
      sentinelName,
      servers,
      async primary(sentinel = 0) {
        const reply = await askers[sentinel]?.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', sentinelName);
        const [primaryHost, port] = reply as [string, string];
        return { host: primaryHost, port: Number(port) };
      },
      whenComplete,
      async failover() {
        await askers[0]?.call('SENTINEL', 'FAILOVER', sentinelName);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSentinel(folder: string, port: number, primaryPort: number): Promise<RedisProcess> {
  await mkdir(folder);
  const configuration = join(folder, 'sentinel.conf');
  const lines = [
    `bind ${host}`,
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor ${sentinelName} ${host} ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${sentinelName} 1000`,
    `sentinel failover-timeout ${sentinelName} 3000`,
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`);
  return startRedisProcess([configuration, '--sentinel'], '+monitor');
}

/** A failover that is tried before finds no good replica, and is not tried again for a long time. */
async function isComplete(asker: Redis): Promise<boolean> {
  const pairs = (flat: string[]) => new Map(flat.flatMap((key, i) => (i % 2 === 0 ? [[key, flat[i + 1]]] : [])));
  const primary = pairs((await asker.call('SENTINEL', 'MASTER', sentinelName)) as string[]);
  if (primary.get('num-other-sentinels') !== '2') return false;
  const replicas = ((await asker.call('SENTINEL', 'REPLICAS', sentinelName)) as string[][]).map(pairs);
  return replicas.length === 2 && replicas.every((replica) => replica.get('master-link-status') === 'ok');
}
