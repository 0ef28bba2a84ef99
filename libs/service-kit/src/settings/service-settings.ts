import { z } from 'zod';
import manifest from '../../../../services.json';
import { serviceSecrets } from '../auth/service-token';
import { tracingSettings } from '../telemetry/tracing';
import { cartSettings } from './cart-settings';
import { checkHttpsSettings, httpsSettings } from './https-settings';
import { setting } from './kinds';
import { numberSetting } from './number-settings';
import { checkPostgresSettings, postgresSettings } from './postgres-settings';
import { productionSettings } from './production-settings';
import { checkRedisSettings, redisSettings } from './redis-settings';
import { listenHost } from './url-settings';

export type ServiceName = keyof typeof manifest;

export const processSettings = {
  HOST: listenHost.default('0.0.0.0').meta({
    description: 'The address to listen on: a host name, an IPv4 or an IPv6 address.',
    development: '127.0.0.1',
  }),
  ADMIN_PORT: setting.port.optional().meta({
    description:
      'A separate port for health, metrics and the routes for other services. Under `npm start` each service has its own.',
    absent: 'as `PORT`',
    example: '9000',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.' }),
  DRAIN_SECONDS: numberSetting({ min: 0, max: 600 }, { decimals: true })
    .default(25)
    .meta({ description: 'The time limit for requests in flight after SIGTERM or SIGINT.' }),
  ...productionSettings,
};

export const userTokenSettings = {
  USER_TOKEN_ISSUER: z.string().min(1).default('badger-store').meta({ description: 'The issuer of userTokens.' }),
  USER_TOKEN_AUDIENCE: z.string().min(1).default('badger-store').meta({ description: 'The audience of userTokens.' }),
};

/** For a service that verifies access tokens with the gateway's keys. */
export const jwksSetting = setting.httpUrl.meta({
  description: "The URL of the gateway's public keys, which verify userTokens.",
  development: `http://127.0.0.1:${manifest.gateway.port}/.well-known/jwks.json`,
});

/** A service adds its own settings with `safeExtend`, each with `.meta({ description })`. */
export const createServiceSchema = (name: ServiceName) =>
  z
    .object({
      PORT: setting.port.default(manifest[name].port).meta({ description: 'The port to listen on.' }),
      ...processSettings,
      ...httpsSettings,
      ...tracingSettings,
      ...redisSettings,
      ...postgresSettings(name),
      ...userTokenSettings,
      SERVICE_TOKEN_SECRET_FILE: serviceSecrets.meta({
        description:
          'A file with lines `<caller>:<callee> <secret of at least 32 characters>` for each pair of services; the first of a pair signs.',
        development: '.data/keys/service-token-secrets',
      }),
      ...cartSettings,
    })
    .superRefine(checkHttpsSettings)
    .superRefine(checkRedisSettings)
    .superRefine(checkPostgresSettings);

export type ServiceConfig = z.output<ReturnType<typeof createServiceSchema>>;

export const upstreamSetting = (name: ServiceName) =>
  setting.serviceUrls.meta({
    description: `The http(s) URLs of ${name}, comma-separated, used in turn. All addresses of a host name are used; it is resolved again every 5 s.`,
    development: `http://127.0.0.1:${manifest[name].port}`,
  });

export const gatewayAdminSetting = setting.serviceUrls.meta({
  description: "The http(s) URLs of the gateway's `ADMIN_PORT` or `HTTPS_PORT`, used in turn to read revocations.",
  development: `http://127.0.0.1:${manifest.gateway.port}`,
});

export const firstPartyOriginsSetting = setting.origins.meta({
  description: "The store's own origins, comma-separated, in the form that browsers send.",
  development: `http://localhost:${manifest.gateway.port},http://127.0.0.1:${manifest.gateway.port}`,
});

/** The values of settings under `NODE_ENV=development`. */
export function developmentValues({ shape }: z.ZodObject): Record<string, string> {
  const values = Object.entries(shape).map(([name, schema]) => [name, (schema as z.ZodType).meta()?.development]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
