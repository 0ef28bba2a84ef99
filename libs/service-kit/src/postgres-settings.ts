import { z } from 'zod';
import { setting } from './config';

/** Where PostgreSQL is and how to get in; to be used together with `checkPostgresSettings`. */
export const postgresSettings = {
  /** `?sslmode=verify-full&sslrootcert=FILE` is TLS, with the authority in that file. */
  DATABASE_URL: setting.postgresUrl,
  /** Read again for every new connection. */
  DATABASE_PASSWORD_FILE: setting.passwordPath.optional(),
};

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
