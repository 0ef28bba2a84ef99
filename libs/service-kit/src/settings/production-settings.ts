import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isWeakSecret } from './weak-secrets';

/** What tells whether a service is in production, and whether it may be run there as it must not be. */
export const productionSettings = {
  NODE_ENV: z.string().optional(),
  DANGEROUSLY_ALLOW_INSECURE_SETTINGS: z
    .enum(['0', '1'], 'must be 0 or 1')
    .transform((value) => value === '1')
    .default(false)
    .meta({
      description:
        '1 allows under `NODE_ENV=production` what only suits a trial: the payment method `test`, weak secrets, and a Redis without an append-only file.',
    }),
};

interface ProductionConfig {
  readonly NODE_ENV?: string;
  readonly DANGEROUSLY_ALLOW_INSECURE_SETTINGS: boolean;
}

/** What refusals of insecure settings end with. */
export const insecureHint = 'only DANGEROUSLY_ALLOW_INSECURE_SETTINGS=1 allows it under NODE_ENV=production';

/** Whether a setting that is fit for development alone has to be refused. */
export const mustBeSecure = (config: ProductionConfig): boolean =>
  config.NODE_ENV === 'production' && !config.DANGEROUSLY_ALLOW_INSECURE_SETTINGS;

/** The name of the first setting that holds a weak secret, found by the names and kinds of settings: a new one is checked too. */
export function findWeakSecret(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.find((name) => secretsIn(name, env[name] ?? '').some(isWeakSecret));
}

function secretsIn(name: string, value: string): string[] {
  if (value === '') return [];
  if (/(SECRET|PASSWORD)\w*_FILE$/.test(name)) {
    // A line may say first what its secret is for.
    const lines = readFileSync(value, 'utf8').split('\n');
    return lines.flatMap((line) => line.trim().split(/\s+/).at(-1) || []);
  }
  return value.split(',').flatMap(passwordsIn);
}

function passwordsIn(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  return [decodeURIComponent(url.password), ...url.searchParams.getAll('password')].filter(Boolean);
}
