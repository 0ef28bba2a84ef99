import type { z } from 'zod';
import { setting } from './kinds';
import { numberSetting } from './number-settings';

/** A schema with these settings needs `checkPostgresSettings`. */
export const postgresSettings = (role: string) => ({
  DATABASE_URL: setting.postgresUrl.meta({
    description: 'A `postgres://` URL. For TLS add `?sslmode=verify-full&sslrootcert=` and the path of a PEM file.',
    development: `postgres://${role}:${role}@127.0.0.1:5490/badger_store`,
  }),
  DATABASE_PASSWORD_FILE: setting.twoPasswordsPath.optional().meta({
    description:
      'A file with the password, or with the old and the new one, one a line, read for each new connection. It excludes a password in `DATABASE_URL`.',
    example: '/run/secrets/database-password',
  }),
  MIGRATION_DATABASE_URL: setting.postgresUrl.optional().meta({
    description: 'For `migrate`: as `DATABASE_URL`, with the role that owns the schema. Only `migrate` needs it.',
    absent: 'as `DATABASE_URL`',
    example: `postgres://${role}_owner:${role}_owner@127.0.0.1:5490/badger_store`,
  }),
  MIGRATION_DATABASE_PASSWORD_FILE: setting.twoPasswordsPath.optional().meta({
    description: 'For `migrate`: as `DATABASE_PASSWORD_FILE`, for the role in `MIGRATION_DATABASE_URL`.',
    example: '/run/secrets/migration-database-password',
  }),
  MIGRATION_WAIT_SECONDS: numberSetting({ min: 1, max: 3600 })
    .default(60)
    .meta({ description: 'For `migrate`: how long it waits for a PostgreSQL that is not up yet.' }),
});

type PostgresConfig = z.output<z.ZodObject<ReturnType<typeof postgresSettings>>>;

export function checkPostgresSettings(config: PostgresConfig, context: z.RefinementCtx): void {
  for (const prefix of ['', 'MIGRATION_'] as const) {
    const refuse = (name: 'URL' | 'PASSWORD_FILE', message: string) =>
      context.addIssue({ code: 'custom', path: [`${prefix}DATABASE_${name}`], message });
    const text = config[`${prefix}DATABASE_URL`];
    const hasPasswordFile = config[`${prefix}DATABASE_PASSWORD_FILE`] !== undefined;
    if (text === undefined) {
      if (hasPasswordFile) refuse('PASSWORD_FILE', `needs ${prefix}DATABASE_URL`);
      continue;
    }
    const url = new URL(text);
    if (hasPasswordFile && (url.password || url.searchParams.has('password'))) {
      refuse('PASSWORD_FILE', `cannot be set together with a password in ${prefix}DATABASE_URL`);
    }
    for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
      const path = url.searchParams.get(name);
      const [issue] = path === null ? [] : (setting.readablePath.safeParse(path).error?.issues ?? []);
      if (issue) refuse('URL', `${name}: ${issue.message}`);
    }
  }
}

export function toPostgresSettings(config: PostgresConfig) {
  return { url: config.DATABASE_URL, passwordFile: config.DATABASE_PASSWORD_FILE };
}

export function toMigrationSettings(config: PostgresConfig) {
  if (config.MIGRATION_DATABASE_URL === undefined) return toPostgresSettings(config);
  return { url: config.MIGRATION_DATABASE_URL, passwordFile: config.MIGRATION_DATABASE_PASSWORD_FILE };
}
