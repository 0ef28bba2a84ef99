import { z } from 'zod';
import { setting } from './kinds';

/** Where PostgreSQL is and how to get in; to be used together with `checkPostgresSettings`. */
export const postgresSettings = (role: string) => ({
  DATABASE_URL: setting.postgresUrl.meta({
    description: '`postgres://`; TLS by `?sslmode=verify-full&sslrootcert=` and the path of a PEM file.',
    development: `postgres://${role}:${role}@127.0.0.1:5490/badger_store`,
  }),
  DATABASE_PASSWORD_FILE: setting.passwordPath.optional().meta({
    description: 'A file with the password, instead of one in `DATABASE_URL`; it is read for every new connection.',
    example: '/run/secrets/database-password',
  }),
});

interface PostgresConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_PASSWORD_FILE?: string;
}

/** What the settings have to be together: for `superRefine` of a schema that holds them. */
export function checkPostgresSettings(config: PostgresConfig, context: z.RefinementCtx): void {
  const wrong = (name: keyof PostgresConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const url = new URL(config.DATABASE_URL);
  if (config.DATABASE_PASSWORD_FILE !== undefined && (url.password || url.searchParams.has('password'))) {
    wrong('DATABASE_PASSWORD_FILE', 'cannot be set where DATABASE_URL has a password');
  }
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const path = url.searchParams.get(name);
    const [issue] = path === null ? [] : (setting.readablePath.safeParse(path).error?.issues ?? []);
    if (issue) wrong('DATABASE_URL', `${name}: ${issue.message}`);
  }
}

/** The settings in the words of a PostgreSQL client. */
export function toPostgresSettings(config: PostgresConfig) {
  return { url: config.DATABASE_URL, passwordFile: config.DATABASE_PASSWORD_FILE };
}
