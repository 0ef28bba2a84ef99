import { z } from 'zod';
import manifest from '../../../../services.json';
import { serviceSecrets } from '../auth/service-token';
import { userTokenSettings } from '../auth/verifier-settings';
import { tracingSettings } from '../telemetry/tracing';
import { cartSettings } from './cart-settings';
import { setting } from './kinds';
import { numberSetting } from './number-settings';
import { checkPostgresSettings, postgresSettings } from './postgres-settings';
import { productionSettings } from './production-settings';
import { checkRedisSettings, redisSettings } from './redis-settings';
import { listenHost } from './url-settings';

export type ServiceName = keyof typeof manifest;

/** How a service listens, logs and stops. */
export const processSettings = {
  HOST: listenHost.default('0.0.0.0').meta({
    description: 'The address to listen on: a host name, an IPv4 or an IPv6 address.',
    development: '127.0.0.1',
  }),
  ADMIN_PORT: setting.port.optional().meta({
    description:
      'A port of its own for health, metrics and the routes for other services. Under `npm start` each service has the next one.',
    absent: 'as `PORT`',
    example: '9000',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.' }),
  DRAIN_SECONDS: numberSetting({ min: 0, max: 600 }, { decimals: true })
    .default(25)
    .meta({ description: 'How long requests in flight may take after SIGTERM or SIGINT.' }),
  ...productionSettings,
};

/** The settings that every service has. A service adds its own by `safeExtend`, each with `.meta({ description })`. */
export const createServiceSchema = (name: ServiceName) =>
  z
    .object({
      PORT: setting.port.default(manifest[name].port).meta({ description: 'The port to listen on.' }),
      ...processSettings,
      ...tracingSettings,
      ...redisSettings,
      ...postgresSettings(name),
      ...userTokenSettings,
      SERVICE_TOKEN_SECRET_FILE: serviceSecrets.meta({
        description:
          'A file with a line `<caller>:<callee> <secret of at least 32 characters>` for each pair of services that call each other.',
        development: '.data/keys/service-token-secrets',
      }),
      ...cartSettings,
    })
    .superRefine(checkRedisSettings)
    .superRefine(checkPostgresSettings);

export type ServiceConfig = z.output<ReturnType<typeof createServiceSchema>>;

/** The URLs of another service's replicas. */
export const upstreamSetting = (name: ServiceName) =>
  setting.serviceUrls.meta({
    description: `The http URLs of ${name}, comma-separated; they are tried in turn, and a host name is looked up every 5 s.`,
    development: `http://127.0.0.1:${manifest[name].port}`,
  });

export const gatewayAdminSetting = setting.serviceUrls.meta({
  description: "The http URLs of the gateway's `ADMIN_PORT`, from which revocations are read; they are tried in turn.",
  development: `http://127.0.0.1:${manifest.gateway.port}`,
});

export const firstPartyOriginsSetting = setting.origins.meta({
  description: "The store's own origins, comma-separated, as browsers write them.",
  development: `http://localhost:${manifest.gateway.port},http://127.0.0.1:${manifest.gateway.port}`,
});

/** What a service of the store listens to and connects to under `NODE_ENV=development`, by setting. */
export function developmentValues({ shape }: z.ZodObject): Record<string, string> {
  const values = Object.entries(shape).map(([name, schema]) => [name, (schema as z.ZodType).meta()?.development]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
