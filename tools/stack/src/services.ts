import manifest from '../../../services.json';

export type ServiceName = keyof typeof manifest;
export const serviceNames = Object.keys(manifest) as ServiceName[];
/** Those that keep durable data. */
export const databaseServices = serviceNames.filter((service) => manifest[service].database);

export type Ports = Readonly<Record<ServiceName | 'redis' | 'postgres', number>>;

/** Wide enough for a load test from the same machine; those of the routes that sign in stay as they are. */
export const wideLimits = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
  RATE_LIMIT_API_KEY_PER_MINUTE: '10000000',
  RATE_LIMIT_AUTH_PER_MINUTE: '6000',
};

/** Where Redis and PostgreSQL are. */
export interface Stores {
  /** Undefined where the shell names sentinels or nodes of a cluster. */
  readonly redisUrl: string | undefined;
  /** By service. */
  readonly databaseUrls: Readonly<Record<string, string>>;
}

/** What the stack starts itself, on its ports: the shell's own servers, where it names some. */
export const ownRedisUrl = (ports: Ports): string => `redis://127.0.0.1:${ports.redis}`;
export const ownDatabaseUrl = (ports: Ports, service: string): string =>
  `postgres://${service}:${service}@127.0.0.1:${ports.postgres}/badger_store`;

/** The environment of a service's process. The shell's settings win over all but what makes the parts fit together. */
export function environmentOf(
  service: ServiceName,
  ports: Ports,
  stores: Stores,
  shell: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { HOST = '127.0.0.1', ADMIN_PORT } = shell;
  const urlOf = (name: ServiceName) => `http://${reachableHost(HOST)}:${ports[name]}`;
  const gatewayUrls = [`http://localhost:${ports.gateway}`, `http://127.0.0.1:${ports.gateway}`, urlOf('gateway')];
  const { redisUrl, databaseUrls } = stores;
  return {
    LOG_LEVEL: 'warn',
    ...wideLimits,
    HOST,
    FIRST_PARTY_ORIGINS: [...new Set(gatewayUrls)].join(),
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, urlOf(name)])),
    JWKS_URL: `${urlOf('gateway')}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: healthUrl('gateway', ports, shell),
    ...shell,
    NODE_ENV: 'development',
    PORT: String(ports[service]),
    ...(ADMIN_PORT === undefined ? {} : { ADMIN_PORT: String(adminPortOf(service, Number(ADMIN_PORT))) }),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    DATABASE_URL: databaseUrls[service] ?? '',
  };
}

/** All listen on one machine: the first has the port that is set, the others those that follow. */
const adminPortOf = (service: ServiceName, first: number): number => first + serviceNames.indexOf(service);

/** Where a service answers `/readyz`. */
export function healthUrl(service: ServiceName, ports: Ports, shell: NodeJS.ProcessEnv): string {
  const { HOST = '127.0.0.1', ADMIN_PORT } = shell;
  const port = ADMIN_PORT === undefined ? ports[service] : adminPortOf(service, Number(ADMIN_PORT));
  return `http://${reachableHost(HOST)}:${port}`;
}

/** An address that stands for all of a machine's is reached by the loopback one. */
export function reachableHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === '0.0.0.0' || bare === '::') return '127.0.0.1';
  return bare.includes(':') ? `[${bare}]` : bare;
}
