export const serviceNames = ['gateway', 'inventory', 'checkout'] as const;
export type ServiceName = (typeof serviceNames)[number];
/** Those that keep durable data. */
export const databaseServices = ['gateway', 'inventory', 'checkout'] as const;

export type Ports = Readonly<Record<ServiceName | 'redis' | 'postgres', number>>;

/** Redis and PostgreSQL stay away from the ports on which a machine's own ones listen. */
export function defaultPorts(env: NodeJS.ProcessEnv): Ports {
  const port = (name: string, fallback: number) => Number(env[name] || fallback);
  return {
    gateway: port('GATEWAY_PORT', 3000),
    inventory: port('INVENTORY_PORT', 3001),
    checkout: port('CHECKOUT_PORT', 3002),
    redis: port('REDIS_PORT', 6390),
    postgres: port('POSTGRES_PORT', 5490),
  };
}

/** Wide enough for a load test from the same machine; those of the routes that sign in stay as they are. */
export const wideLimits = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
  RATE_LIMIT_API_KEY_PER_MINUTE: '10000000',
  RATE_LIMIT_AUTH_PER_MINUTE: '6000',
};

/** The settings that a service needs besides its defaults, on this machine. */
export function settingsOf(
  service: ServiceName,
  ports: Ports,
  redisUrl: string,
  databaseUrls: Readonly<Record<string, string>>,
): Record<string, string> {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const shared = {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(ports[service]),
    FIRST_PARTY_ORIGINS: `http://localhost:${ports.gateway},${local(ports.gateway)}`,
    INVENTORY_URL: local(ports.inventory),
    CHECKOUT_URL: local(ports.checkout),
  };
  const stored = { REDIS_URL: redisUrl, DATABASE_URL: databaseUrls[service] ?? '' };
  if (service === 'gateway') return { ...shared, ...stored };
  return {
    ...shared,
    ...stored,
    JWKS_URL: `${local(ports.gateway)}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: local(ports.gateway),
  };
}
