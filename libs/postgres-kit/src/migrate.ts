import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { usingPostgres, type PostgresDatabase } from './connect-postgres';
import { getSqlState, PostgresUnavailableError } from './postgres-errors';
import { retryUntilUp, type RetryOptions } from './retry-until-up';

/** SQL that runs once, in a transaction. */
export interface SqlMigration {
  readonly name: string;
  readonly sql: string;
}

/** A migration that cannot be applied. The message names it and says why. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Tables {
  schema_migrations: { name: string; checksum: string };
}

/** Short, since every request that needs the table waits behind the migration. A retry follows. */
const lockTimeoutMs = 1000;

/** A table, function, constraint, column or schema of that name exists. */
const exists = /^42(P07|723|710|701|P06)$/;

/**
 * Applies the migrations that are missing, in the order of the list, and returns their names. Migrations of a newer version stay as they are.
 * Several processes can do so at once. Retries while PostgreSQL is not up; rejects with a `MigrationError` when a migration fails, or was
 * changed after it had been applied.
 */
export async function migrate(
  database: PostgresDatabase,
  migrations: readonly SqlMigration[],
  retry?: RetryOptions,
): Promise<string[]> {
  const applied: string[] = [];
  await retryUntilUp(
    () =>
      usingPostgres<Tables, void>(database, async ({ db }) => {
        // Without a lock or a write, so that a pod can restart while PostgreSQL is read-only.
        const checksums = await readChecksums(db);
        for (const migration of migrations) {
          if (isApplied(migration, checksums)) continue;
          if (await apply(db, database.schema, migration)) applied.push(migration.name);
        }
      }),
    retry,
  );
  return applied;
}

/** Resolves to whether this process applied the migration. */
const apply = (db: Kysely<Tables>, schema: string, migration: SqlMigration): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`schema_migrations ${schema}`}, 0))`.execute(tx);
    await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(tx);
    await createSchema(tx, schema);
    await sql`create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`.execute(tx);
    if (isApplied(migration, await readChecksums(tx))) return false;
    await sql
      .raw(migration.sql)
      .execute(tx)
      .catch((error: unknown) => {
        throw error instanceof PostgresUnavailableError ? error : toMigrationError(migration, error);
      });
    await tx
      .insertInto('schema_migrations')
      .values({ name: migration.name, checksum: getChecksum(migration) })
      .execute();
    return true;
  });

/** Not `if not exists`, which needs the privilege even if the schema exists. */
async function createSchema(db: Kysely<Tables>, schema: string): Promise<void> {
  const { rows } = await sql<{ exists: boolean }>`select to_regnamespace(${schema}) is not null as exists`.execute(db);
  if (!rows[0]?.exists) await sql`create schema ${sql.id(schema)}`.execute(db);
}

async function readChecksums(db: Kysely<Tables>): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ known: boolean }>`select to_regclass('schema_migrations') is not null as known`.execute(
    db,
  );
  if (!rows[0]?.known) return new Map();
  const applied = await db.selectFrom('schema_migrations').select(['name', 'checksum']).execute();
  return new Map(applied.map(({ name, checksum }) => [name, checksum]));
}

function isApplied(migration: SqlMigration, checksums: ReadonlyMap<string, string>): boolean {
  const checksum = checksums.get(migration.name);
  if (checksum === undefined) return false;
  if (checksum === getChecksum(migration)) return true;
  throw new MigrationError(
    `migration ${migration.name} was changed after it had been applied. Restore it, and write the change as a new migration.`,
  );
}

const getChecksum = (migration: SqlMigration): string => createHash('sha256').update(migration.sql).digest('hex');

function toMigrationError({ name }: SqlMigration, cause: unknown): MigrationError {
  const { message, hint } = cause as Error & { hint?: string };
  const advice = exists.test(getSqlState(cause) ?? '')
    ? 'The schema has objects that no recorded migration created.'
    : hint;
  return new MigrationError(`migration ${name} failed: ${message}.${advice === undefined ? '' : ` ${advice}`}`, {
    cause,
  });
}
