import { Migrator, sql } from 'kysely';
import type { Postgres } from './connect-postgres';

/** One step of a schema's history: SQL that runs once, in a transaction. Names are applied in alphabetical order. */
export interface SqlMigration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a service's schema up to date; safe when several do it at once (Kysely's Migrator takes a lock in the database).
 * Returns the names of what was applied now.
 */
export async function migrate<Tables>(
  { db }: Postgres<Tables>,
  schema: string,
  migrations: readonly SqlMigration[],
): Promise<string[]> {
  const migrator = new Migrator({
    db,
    migrationTableSchema: schema,
    provider: {
      getMigrations: () =>
        Promise.resolve(
          Object.fromEntries(
            migrations.map(({ name, sql: text }) => [
              name,
              { up: async (tx) => void (await sql.raw(text).execute(tx)) },
            ]),
          ),
        ),
    },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('The migration failed.', { cause: error });
  return results.map(({ migrationName }) => migrationName);
}
