import { accessSync, constants, readFileSync } from 'node:fs';
import { z } from 'zod';
import { numberSetting } from './number-settings';
import { findWeakSecret, insecureHint, mustBeSecure, productionSettings } from './production-settings';
import { tracingSettings } from './telemetry/tracing';
import { hostPorts, httpOrigin, httpUrl, listenHost, postgresUrl, redisUrl, serviceUrl } from './url-settings';

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
  if (result.success) {
    assertSecrets(Object.keys(schema.shape), given);
    return result.data;
  }
  const [issue] = result.error.issues;
  // Of a list, the path goes on to the entry that is wrong.
  const name = String(issue?.path[0] ?? '');
  // What is wrong about several settings together may be told of one that is rightly not set.
  const isMissing = given[name] === undefined && issue?.code !== 'custom';
  throw new ConfigError(`${name}: ${isMissing ? 'is not set' : issue?.message}`);
}

/** In production a secret has to be one. */
function assertSecrets(names: readonly string[], given: NodeJS.ProcessEnv): void {
  const { success, data } = z.object(productionSettings).safeParse(given);
  const weak = success && mustBeSecure(data) ? findWeakSecret(names, given) : undefined;
  if (weak === undefined) return;
  throw new ConfigError(`${weak}: has a weak secret; make a random one of at least 16 characters (${insecureHint})`);
}

const yearSeconds = 365 * 24 * 3600;
const port = numberSetting({ min: 0, max: 65535 });

/** The settings that every service has. */
export const serviceSettings = {
  ...productionSettings,
  HOST: listenHost.default('0.0.0.0'),
  ADMIN_PORT: port.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ...tracingSettings,
  DRAIN_SECONDS: numberSetting({ min: 0, max: 600 }, { decimals: true }).default(25),
};

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
  /** 0: any free one. */
  port,
  number: numberSetting,
  /** A number of seconds above 0; `max` bounds it where the default of ten years is too long. */
  seconds: (max = 10 * yearSeconds) => numberSetting({ min: 1, max }),
  httpOrigin,
  httpUrl,
  serviceUrl,
  /** Of one service's replicas, comma-separated. */
  serviceUrls: list.pipe(z.array(serviceUrl).min(1, 'must name a URL').max(32, 'must name at most 32 URLs')),
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
  redisUrl,
  postgresUrl,
  hostPorts,
};

/** Origins are compared to the letter, so they are held to the one way in which browsers write them. */
export const originList = setting.list.refine((list) => list.length > 0 && list.every(isWebOrigin), {
  error: 'must be origins like https://store.example, comma-separated, without path or trailing slash',
});

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
