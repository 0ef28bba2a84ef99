import { isIP } from 'node:net';
import { z } from 'zod';
import { succeeds } from '../succeeds';

/** The allowed parts besides host and port. */
interface UrlParts {
  readonly protocols: readonly string[];
  readonly credentials?: boolean;
  /** `true` allows any path. */
  readonly path?: RegExp | true;
  readonly query?: boolean;
}

/** Refuses parts of a URL that the program would ignore. The output is the text, in which IPv6 addresses keep their brackets. */
function urlSetting(type: string, { protocols, credentials = false, path, query = false }: UrlParts) {
  const article = /^https?\b/.test(type) ? 'an' : 'a';
  return z.string().superRefine((text, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    const url = /^[a-z]+:\/\/[^\s\\]*$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !protocols.includes(url.protocol.slice(0, -1)) || url.hostname === '') {
      return refuse(`must be ${article} ${type} URL`);
    }
    if (url.port === '0') return refuse('must name a port from 1 to 65535');
    if (!credentials && (url.username || url.password)) return refuse('must not contain a user or a password');
    if (!succeeds(() => decodeURIComponent(url.username + url.password))) {
      return refuse('must have its user and password percent-encoded');
    }
    if (path !== true && !(path ?? /^\/?$/).test(url.pathname)) {
      return refuse(path ? 'must have no path, or a database number as its path' : 'must not have a path');
    }
    if (!query && /\?/.test(text)) return refuse('must not have a query');
    if (text.includes('#')) return refuse('must not have a fragment');
  });
}

export const httpOrigin = urlSetting('http(s)', { protocols: ['http', 'https'] });
export const httpUrl = urlSetting('http(s)', { protocols: ['http', 'https'], path: true });
export const redisUrl = urlSetting('redis:// or rediss://', {
  protocols: ['redis', 'rediss'],
  credentials: true,
  path: /^(\/\d{0,5})?$/,
});
export const postgresUrl = urlSetting('postgres://', {
  protocols: ['postgres', 'postgresql'],
  credentials: true,
  path: true,
  query: true,
});

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `host:port,[ipv6]:port`. */
export const hostPorts = z.string().transform((text, context): HostPort[] => {
  const found = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(parseHostPort);
  const known = found.filter((entry) => entry !== undefined);
  if (known.length > 0 && known.length === found.length) return known;
  context.addIssue({ code: 'custom', message: 'must be like host:port or [IPv6]:port, comma-separated' });
  return z.NEVER;
});

function parseHostPort(text: string): HostPort | undefined {
  const [, ipv6, name, digits] = /^(?:\[([^\]]+)\]|([^\s:[\]/@?#]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65535)) return undefined;
  if (ipv6 !== undefined) return isIP(ipv6) === 6 ? { host: ipv6, port } : undefined;
  return name === undefined ? undefined : { host: name, port };
}

/** A host name or an address. IPv6 may have brackets. */
export const listenHost = z.string().transform((text, context) => {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 || (host === text && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text) && !/^[\d.]+$/.test(text)))
    return host;
  context.addIssue({ code: 'custom', message: 'must be a host name or an IP address, without a port' });
  return z.NEVER;
});

/** Node's `http` and `net` take an IPv6 address without brackets. */
export const getHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');
