import type { CallReport } from './commands/calls';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Files in PEM format. They are read for every new connection, so that certificates can be rotated. */
export interface TlsFiles {
  /** The certificate authorities to trust; by default those that Node.js trusts. */
  readonly caFile?: string;
  /** The certificate to show to Redis; goes with `keyFile`. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

interface CommonSettings {
  /** Shown by `CLIENT LIST`; default `redis-kit`. */
  readonly connectionName?: string;
  /** Every call settles within this time; default 500, at most 30000. */
  readonly deadlineMs?: number;
  /** The ACL user; by default the user `default`. */
  readonly username?: string;
  readonly password?: string;
  /** Overrides `password`. The file is read for every new connection, so that the password can be rotated. */
  readonly passwordFile?: string;
  /** Encrypts all connections, also those to sentinels. A `url` must then begin with `rediss://`. */
  readonly tls?: TlsFiles;
  /** Is called when a call has settled; for metrics. */
  readonly onCall?: (report: CallReport) => void;
}

export interface StandaloneSettings {
  /** `redis://` or `rediss://`; a user, a password and a database number may be in it. */
  readonly url: string;
}

export interface SentinelSettings {
  readonly sentinels: readonly HostPort[];
  /** The name that the sentinels give the primary. */
  readonly sentinelName: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

export interface ClusterSettings {
  /** Some nodes of the cluster; the others are found through them. */
  readonly clusterNodes: readonly HostPort[];
}

export type RedisSettings = CommonSettings & (StandaloneSettings | SentinelSettings | ClusterSettings);

export interface RedisAddress extends HostPort {
  readonly encrypted: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
}

/** Throws an error that names the setting and never holds its value. */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error('url must be like redis://host:6379 or rediss://host:6379');
  }
  if (!/^(\/\d*)?$/.test(url.pathname) || url.search !== '') {
    throw new Error('url may name a database number after the host, and nothing else');
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    encrypted: url.protocol === 'rediss:',
    username: decoded(url.username),
    password: decoded(url.password),
    db: Number(url.pathname.slice(1)),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text) || undefined;
  } catch {
    throw new Error('url must have its user and password percent-encoded');
  }
}

/** commands/deadline.lua takes a deadline that is further in the future for a clock that was set back. */
const maxDeadlineMs = 30_000;

/** What the types cannot say. Throws an error that names the setting. */
export function assertRedisSettings(settings: RedisSettings): void {
  const named = ['url', 'sentinels', 'clusterNodes'].filter((name) => name in settings);
  if (named.length !== 1) throw new Error('exactly one of url, sentinels and clusterNodes must be set');
  if ('sentinels' in settings && settings.sentinels.length === 0) throw new Error('sentinels must not be empty');
  if ('sentinels' in settings && !settings.sentinelName) throw new Error('sentinelName must be set');
  if ('clusterNodes' in settings && settings.clusterNodes.length === 0)
    throw new Error('clusterNodes must not be empty');
  const { deadlineMs, tls } = settings;
  if (deadlineMs !== undefined && !(deadlineMs > 0 && deadlineMs <= maxDeadlineMs)) {
    throw new Error(`deadlineMs must be above 0 and at most ${maxDeadlineMs}`);
  }
  if (!tls) return;
  if (Boolean(tls.certFile) !== Boolean(tls.keyFile)) throw new Error('tls.certFile and tls.keyFile go together');
  if ('url' in settings && !parseRedisUrl(settings.url).encrypted)
    throw new Error('url must be rediss:// where tls is set');
}
