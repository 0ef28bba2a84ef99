import { z } from 'zod';
import { setting } from './kinds';

/** A schema with these settings needs `checkPostgresSettings`. */
export const postgresSettings = (role: string) => ({
  DATABASE_URL: setting.postgresUrl.meta({
    description: 'A `postgres://` URL. For TLS add `?sslmode=verify-full&sslrootcert=` and the path of a PEM file.',
    development: `postgres://${role}:${role}@127.0.0.1:5490/badger_store`,
  }),
  DATABASE_PASSWORD_FILE: setting.passwordPath.optional().meta({
    description:
      'A file with the password, or with the old and the new one, one a line, read for each new connection. It excludes a password in `DATABASE_URL`.',
    example: '/run/secrets/database-password',
  }),
});

interface PostgresConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_PASSWORD_FILE?: string;
}

/** For `superRefine`. */
export function checkPostgresSettings(config: PostgresConfig, context: z.RefinementCtx): void {
  const refuse = (name: keyof PostgresConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const url = new URL(config.DATABASE_URL);
  if (config.DATABASE_PASSWORD_FILE !== undefined && (url.password || url.searchParams.has('password'))) {
    refuse('DATABASE_PASSWORD_FILE', 'cannot be set together with a password in DATABASE_URL');
  }
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const path = url.searchParams.get(name);
    const [issue] = path === null ? [] : (setting.readablePath.safeParse(path).error?.issues ?? []);
    if (issue) refuse('DATABASE_URL', `${name}: ${issue.message}`);
  }
}

export function toPostgresSettings(config: PostgresConfig) {
  return { url: config.DATABASE_URL, passwordFile: config.DATABASE_PASSWORD_FILE };
}
