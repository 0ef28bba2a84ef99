import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isWeakSecret } from './weak-secrets';

export const productionSettings = {
  NODE_ENV: z.string().optional(),
  DANGEROUSLY_ALLOW_INSECURE_SETTINGS: z
    .enum(['0', '1'], 'must be 0 or 1')
    .transform((value) => value === '1')
    .default(false)
    .meta({
      description:
        '1 allows insecure settings under `NODE_ENV=production`: the payment method `test`, weak secrets, and a Redis without an append-only file.',
    }),
};

export type ProductionConfig = z.output<z.ZodObject<typeof productionSettings>>;

/** The end of each message that refuses an insecure setting. */
export const insecureHint = 'only DANGEROUSLY_ALLOW_INSECURE_SETTINGS=1 allows it under NODE_ENV=production';

export const mustBeSecure = (config: ProductionConfig): boolean =>
  config.NODE_ENV === 'production' && !config.DANGEROUSLY_ALLOW_INSECURE_SETTINGS;

/** The name of the first setting that holds a weak secret. Secrets are found by name and by value, so that new settings are checked too. */
export function findWeakSecret(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.find((name) => findSecrets(name, env[name] ?? '').some(isWeakSecret));
}

function findSecrets(name: string, value: string): string[] {
  if (value === '') return [];
  if (/(SECRET|PASSWORD)\w*_FILE$/.test(name)) {
    // A line can begin with the name of its secret.
    const lines = readFileSync(value, 'utf8').split('\n');
    return lines.flatMap((line) => line.trim().split(/\s+/).at(-1) || []);
  }
  return value.split(',').flatMap(findPasswords);
}

function findPasswords(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  return [decodeURIComponent(url.password), ...url.searchParams.getAll('password')].filter(Boolean);
}
