import dns, { type LookupAddress } from 'node:dns';
import { SentinelConnector, type RedisOptions, type SentinelConnectionOptions } from 'ioredis';
import type { Credentials } from '../connection/credentials';
import { openConnection, retryDelayMs, type RedisConnection } from '../connection/redis-connection';
import type { HostPort, SentinelSettings } from '../redis-settings';
import type { RedisStatus } from '../redis-status';
import { createStandalone, type Topology } from './topology';

/** A sentinel replies in a few ms; one that hangs must not hold up the question to the next one. */
const sentinelTimeoutMs = 250;
const switchChannel = '+switch-master';

/** One primary owns all keys, and the sentinels know which server that is. */
export function createSentinel(
  settings: SentinelSettings,
  options: RedisOptions,
  deadlineMs: number,
  credentials: () => Credentials,
  status: RedisStatus,
  onCertificate: ((expiresAt: Date) => void) | undefined,
): Topology {
  let address: string | undefined;
  let announced: HostPort | undefined;
  const follow = async () => {
    const target = announced;
    if (target === undefined || isAskingSentinels(primary)) return;
    const addresses = await resolveAddresses(target);
    if (target !== announced || isAskingSentinels(primary)) return;
    announced = undefined;
    if (!addresses.includes(remoteAddress(primary))) await primary.reconnect(deadlineMs);
  };
  const onChange = () => {
    if (primary.isReady) {
      void follow();
      const previous = address;
      address = remoteAddress(primary);
      if (previous !== undefined && previous !== address) status.failover();
    }
    status.update([primary]);
  };
  const primary = openConnection(
    createSentinelOptions(settings, options, credentials().tls !== undefined),
    credentials,
    { onChange, onError: (error) => status.error(error), onCertificate },
  );
  const topology = createStandalone(primary, status);

  const watchers = settings.sentinels.map((sentinel) =>
    watchSentinel(sentinel, settings, options, credentials, (newPrimary) => {
      announced = newPrimary;
      void follow();
    }),
  );
  return {
    ...topology,
    async close(withinMs) {
      await Promise.all([...watchers.map((watcher) => watcher.close(100)), topology.close(withinMs)]);
    },
  };
}

const createSentinelOptions = (
  settings: SentinelSettings,
  options: RedisOptions,
  encrypted: boolean,
): RedisOptions => ({
  ...options,
  Connector: PrimaryConnector,
  sentinels: settings.sentinels.map(({ host, port }) => ({ host, port })),
  name: settings.sentinelName,
  sentinelUsername: settings.sentinelUsername,
  sentinelPassword: settings.sentinelPassword,
  sentinelCommandTimeout: sentinelTimeoutMs,
  sentinelRetryStrategy: retryDelayMs,
  // The addresses by which sentinels know each other may be out of reach from here.
  updateSentinels: false,
  enableTLSForSentinelMode: encrypted,
});

/**
 * Asks first the sentinel that replied last. ioredis goes on with the next one at each new connection, and after the last one reports that all are
 * unreachable, and pauses.
 */
class PrimaryConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override async connect(onError: Parameters<SentinelConnector['connect']>[0]) {
    let isFound = false;
    try {
      const stream = await super.connect(onError);
      isFound = true;
      return stream;
    } finally {
      this.sentinelIterator.reset(isFound);
    }
  }
}

/** Such an attempt is not to be cut off when a sentinel announces a new primary: it finds it, or follows once it is connected. */
const isAskingSentinels = ({ redis: { status, stream } }: RedisConnection) =>
  status === 'connecting' && (stream === undefined || stream.destroyed);

/** Subscribes to failovers, so that a primary that hangs or was cut off is left as soon as the sentinels replace it. */
function watchSentinel(
  { host, port }: HostPort,
  { sentinelName, sentinelUsername, sentinelPassword }: SentinelSettings,
  options: RedisOptions,
  credentials: () => Credentials,
  onSwitch: (newPrimary: HostPort) => void,
): RedisConnection {
  const watcher: RedisConnection = openConnection(
    { ...options, host, port, enableReadyCheck: false },
    () => ({ ...credentials(), username: sentinelUsername, password: sentinelPassword }),
    {
      onChange: () => void (watcher.isReady && watcher.redis.subscribe(switchChannel).catch(() => undefined)),
      // The connection to the primary reports that no sentinel can be asked.
      onError: () => undefined,
    },
    () => Promise.resolve([]),
  );
  watcher.redis.on('message', (_channel: string, message: string) => {
    const [name, , , newHost = '', newPort] = message.split(' ');
    if (name === sentinelName) onSwitch({ host: newHost, port: Number(newPort) });
  });
  return watcher;
}

const toAddress = (host?: string, port?: number) => `${host}:${port}`;
const remoteAddress = ({ redis: { stream } }: RedisConnection) => toAddress(stream?.remoteAddress, stream?.remotePort);

/** Sentinels may announce names, and each of them announces a failover that the connection may have followed already. */
async function resolveAddresses({ host, port }: HostPort): Promise<string[]> {
  // The function with which connections look names up; a service may have replaced it.
  const found = await new Promise<LookupAddress[]>((resolve) => {
    dns.lookup(host, { all: true }, (error, addresses) => resolve(error ? [] : addresses));
  });
  return found.map(({ address }) => toAddress(address, port));
}
