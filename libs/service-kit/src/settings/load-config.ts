import { z } from 'zod';
import { findWeakSecret, insecureHint, mustBeSecure, productionSettings } from './production-settings';

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
