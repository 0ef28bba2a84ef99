import type { RedisOptions } from 'ioredis';
import { createCredentials } from './connection/credentials';
import { createConnectionOptions, openConnection, type RedisConnection } from './connection/redis-connection';
import { createClient, type RedisClient } from './create-client';
import { assertRedisSettings, parseRedisUrl, type RedisSettings } from './redis-settings';
import { RedisStatus, type RedisEvent } from './redis-status';
import { createCluster } from './topology/cluster';
import { createSentinel } from './topology/sentinel';
import { createStandalone, type Topology } from './topology/topology';

/**
 * Connects to a single Redis, to the primary that sentinels name, or to a Cluster. The client reconnects indefinitely, several
 * times a second, to the server that is the primary at that time, and reads the files with passwords and certificates again.
 * `onCertificate` receives the end of the certificate that a server shows at each connection over TLS. Throws an error that names a
 * wrong setting.
 */
export function connectRedis(
  settings: RedisSettings,
  onEvent: (event: RedisEvent) => void,
  onCertificate?: (expiresAt: Date) => void,
): RedisClient {
  assertRedisSettings(settings);
  const deadlineMs = settings.deadlineMs ?? 500;
  const status = new RedisStatus(onEvent);
  const topology = openTopology(settings, deadlineMs, status, onCertificate);
  const client = createClient(topology, { deadlineMs, onCall: settings.onCall, mayResend: false });
  return { ...client, findings: () => status.findings };
}

function openTopology(
  settings: RedisSettings,
  deadlineMs: number,
  status: RedisStatus,
  onCertificate: ((expiresAt: Date) => void) | undefined,
): Topology {
  const credentials = createCredentials(settings);
  // A file that cannot be read at the start is a wrong setting; later it is an event.
  credentials();
  const options = createConnectionOptions(settings.connectionName ?? 'redis-kit', deadlineMs);
  if ('sentinels' in settings) return createSentinel(settings, options, deadlineMs, credentials, status, onCertificate);
  const open = (own: RedisOptions, onChange: () => void) =>
    openConnection({ ...options, ...own }, credentials, {
      onChange,
      onError: (error) => status.error(error),
      onCertificate,
    });
  if ('clusterNodes' in settings) return createCluster(settings.clusterNodes, status, open);
  const { host, port, db } = parseRedisUrl(settings.url);
  const connection: RedisConnection = open({ host, port, db }, () => status.update([connection]));
  return createStandalone(connection, status);
}
