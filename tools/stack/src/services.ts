import manifest from '../../../services.json';

export type ServiceName = keyof typeof manifest;
export const serviceNames = Object.keys(manifest) as ServiceName[];
export const databaseServices = serviceNames.filter((service) => manifest[service].database);

export type Ports = Readonly<Record<ServiceName | 'redis' | 'postgres', number>>;

/** High enough for a load test from this machine. */
export const wideLimits = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
  RATE_LIMIT_API_KEY_PER_MINUTE: '10000000',
  RATE_LIMIT_AUTH_PER_MINUTE: '6000',
};

export interface Stores {
  /** Undefined if the shell names sentinels or nodes of a cluster. */
  readonly redisUrl: string | undefined;
  /** By service. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** Of the roles that own the schemas, by service. Undefined if the shell names a database. */
  readonly migrationUrls?: Readonly<Record<string, string>>;
}

export const ownRedisUrl = (ports: Ports): string => `redis://127.0.0.1:${ports.redis}`;
export const ownDatabaseUrl = (ports: Ports, service: string): string =>
  `postgres://${service}:${service}@127.0.0.1:${ports.postgres}/badger_store`;

/** The environment of a service. The shell overrides the defaults above `...shell`. */
export function createEnvironment(
  service: ServiceName,
  ports: Ports,
  stores: Stores,
  shell: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { HOST = '127.0.0.1', ADMIN_PORT } = shell;
  const toUrl = (name: ServiceName) => `http://${reachableHost(HOST)}:${ports[name]}`;
  const gatewayUrls = [`http://localhost:${ports.gateway}`, `http://127.0.0.1:${ports.gateway}`, toUrl('gateway')];
  const { redisUrl, databaseUrls } = stores;
  return {
    LOG_LEVEL: 'warn',
    ...wideLimits,
    HOST,
    FIRST_PARTY_ORIGINS: [...new Set(gatewayUrls)].join(),
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, toUrl(name)])),
    JWKS_URL: `${toUrl('gateway')}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: healthUrl('gateway', ports, shell),
    ...shell,
    NODE_ENV: 'development',
    PORT: String(ports[service]),
    ...(ADMIN_PORT === undefined ? {} : { ADMIN_PORT: String(getAdminPort(service, Number(ADMIN_PORT))) }),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    DATABASE_URL: databaseUrls[service] ?? '',
  };
}

/** The first service has the port of the setting, and each other service the next port. */
const getAdminPort = (service: ServiceName, first: number): number => first + serviceNames.indexOf(service);

export function healthUrl(service: ServiceName, ports: Ports, shell: NodeJS.ProcessEnv): string {
  const { HOST = '127.0.0.1', ADMIN_PORT } = shell;
  const port = ADMIN_PORT === undefined ? ports[service] : getAdminPort(service, Number(ADMIN_PORT));
  return `http://${reachableHost(HOST)}:${port}`;
}

/** A client reaches a wildcard address through the loopback address. */
export function reachableHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === '0.0.0.0' || bare === '::') return '127.0.0.1';
  return bare.includes(':') ? `[${bare}]` : bare;
}
