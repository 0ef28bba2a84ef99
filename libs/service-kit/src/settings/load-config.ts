import { z } from 'zod';
import { findWeakSecret, insecureHint, mustBeSecure, productionSettings } from './production-settings';

/** The message is one line that names the setting, and never contains its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads settings from environment variables, and ignores empty ones. Throws `ConfigError` for the first invalid setting. */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) {
    assertSecrets(Object.keys(schema.shape), given);
    return result.data;
  }
  const [issue] = result.error.issues;
  // The rest of the path is the index in a list.
  const name = String(issue?.path[0] ?? '');
  // A refinement can report a setting that is rightly not set.
  const isMissing = given[name] === undefined && issue?.code !== 'custom';
  throw new ConfigError(`${name}: ${isMissing ? 'is not set' : issue?.message}`);
}

function assertSecrets(names: readonly string[], given: NodeJS.ProcessEnv): void {
  const { success, data } = z.object(productionSettings).safeParse(given);
  const weak = success && mustBeSecure(data) ? findWeakSecret(names, given) : undefined;
  if (weak === undefined) return;
  throw new ConfigError(`${weak}: the secret is weak; generate one of at least 16 random characters (${insecureHint})`);
}
