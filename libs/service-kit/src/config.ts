import { accessSync, constants, readFileSync } from 'node:fs';
import { z } from 'zod';
import { tracingSettings } from './telemetry/tracing';

/** A setting is wrong or missing; the message is one line that names it and never holds its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a service's settings from environment variables. A variable that is set to nothing counts as not set.
 * Throws `ConfigError` at the first wrong one.
 */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = issue?.path.join('.') ?? '';
  // What is wrong about several settings together may be told of one that is rightly not set.
  const isMissing = given[name] === undefined && issue?.code !== 'custom';
  throw new ConfigError(`${name}: ${isMissing ? 'is not set' : issue?.message}`);
}

const port = z.coerce.number().int().min(0).max(65535);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

/** The settings that every service has. */
export const serviceSettings = {
  HOST: z.string().default('0.0.0.0'),
  ADMIN_PORT: port.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ...tracingSettings,
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(25),
};

/** Of another service of the store, inside the cluster. */
const serviceUrl = z.url({ protocol: /^http$/, error: 'must be an http URL' });

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const cannotBeRead = (error: unknown) => `the file cannot be read (${(error as NodeJS.ErrnoException).code})`;

/** Of a file that is read again later; here it is only seen to be there. */
const readablePath = z.string().superRefine((path, context) => {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    context.addIssue({ code: 'custom', message: cannotBeRead(error) });
  }
});

const longestPassword = 1000;

/** Of a file that is read again for every new connection; a line break at its end is no part of the password. */
const passwordPath = z.string().superRefine((path, context) => {
  try {
    const password = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (password.length > 0 && password.length <= longestPassword && !/[\r\n]/.test(password)) return;
    const message = `the file must hold a password: one line of 1 to ${longestPassword} characters`;
    context.addIssue({ code: 'custom', message });
  } catch (error) {
    context.addIssue({ code: 'custom', message: cannotBeRead(error) });
  }
});

/** Kinds of settings that several services share. */
export const setting = {
  port,
  httpUrl,
  serviceUrl,
  /** Of one service's replicas, comma-separated. */
  serviceUrls: list.pipe(z.array(serviceUrl).min(1).max(32)),
  seconds: z.coerce.number().int().min(1),
  count: z.coerce.number().int().min(1),
  list,
  /** The path of a file whose content is the setting. */
  fileText: z.string().transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue({ code: 'custom', message: cannotBeRead(error) });
      return z.NEVER;
    }
  }),
  readablePath,
  passwordPath,
  redisUrl: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }),
  postgresUrl: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
};

/** Origins are compared to the letter, so they are held to the one way in which browsers write them. */
export const originList = setting.list.refine(
  (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
  {
    error: 'must be origins like https://store.example, comma-separated, without path or trailing slash',
  },
);
