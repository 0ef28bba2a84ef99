import type { CallReport } from './commands/calls';
import { InvalidOptionError } from './redis-errors';

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
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new InvalidOptionError('url', 'must be like redis://host:6379 or rediss://host:6379');
  }
  if (!/^(\/\d*)?$/.test(url.pathname) || url.search !== '') {
    throw new InvalidOptionError('url', 'may name a database number after the host, and nothing else');
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
    throw new InvalidOptionError('url', 'must have its user and password percent-encoded');
  }
}

/** commands/deadline.lua takes a deadline that is further in the future for a clock that was set back. */
const maxDeadlineMs = 30_000;

/** Throws `InvalidOptionError` for a deadline that no call can have. */
export function assertDeadlineMs(deadlineMs: unknown): void {
  if (typeof deadlineMs === 'number' && deadlineMs > 0 && deadlineMs <= maxDeadlineMs) return;
  throw new InvalidOptionError(
    'deadlineMs',
    `must be a number above 0 and at most ${maxDeadlineMs}, not ${String(deadlineMs)}`,
  );
}

const textSettings = ['connectionName', 'username', 'password', 'passwordFile', 'sentinelUsername', 'sentinelPassword'];

/** Throws `InvalidOptionError` for settings that the types exclude, and for those that do not go together. */
export function assertRedisSettings(settings: RedisSettings): void {
  const values = settings as unknown as Readonly<Record<string, unknown>>;
  const named = ['url', 'sentinels', 'clusterNodes'].filter((name) => values[name] !== undefined);
  if (named.length !== 1)
    throw new InvalidOptionError('url', 'or sentinels or clusterNodes must be set: exactly one of them');
  for (const name of ['sentinels', 'clusterNodes']) {
    if (values[name] !== undefined) assertNodes(name, values[name]);
  }
  if (values.sentinels !== undefined && !isText(values.sentinelName)) {
    throw new InvalidOptionError('sentinelName', 'must be the name that the sentinels give the primary');
  }
  for (const name of textSettings) {
    if (values[name] !== undefined && typeof values[name] !== 'string')
      throw new InvalidOptionError(name, 'must be a string');
  }
  if (settings.deadlineMs !== undefined) assertDeadlineMs(settings.deadlineMs);
  assertTls(settings);
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

function assertNodes(name: string, nodes: unknown): void {
  const isNode = (node: Partial<HostPort> | null) =>
    isText(node?.host) && Number.isInteger(node?.port) && Number(node?.port) > 0 && Number(node?.port) < 65_536;
  if (Array.isArray(nodes) && nodes.length > 0 && nodes.every(isNode)) return;
  throw new InvalidOptionError(name, 'must be a list of { host, port } with one entry or more');
}

function assertTls(settings: RedisSettings): void {
  const { tls } = settings;
  if (tls === undefined) return;
  if (typeof tls !== 'object' || tls === null)
    throw new InvalidOptionError('tls', 'must be { caFile, certFile, keyFile }');
  for (const [name, path] of Object.entries(tls)) {
    if (path !== undefined && !isText(path)) throw new InvalidOptionError(`tls.${name}`, 'must be the path of a file');
  }
  if (Boolean(tls.certFile) !== Boolean(tls.keyFile)) {
    throw new InvalidOptionError('tls.certFile', 'and tls.keyFile must be set together');
  }
  if ('url' in settings && !parseRedisUrl(settings.url).encrypted) {
    throw new InvalidOptionError('url', 'must begin with rediss:// when tls is set');
  }
}
