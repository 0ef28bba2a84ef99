import { Migrator, sql, type Migration } from 'kysely';
import { usingPostgres, type PostgresDatabase } from './connect-postgres';

/** One step of a schema's history: SQL that runs once, in a transaction. Names are applied in alphabetical order. */
export interface SqlMigration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a service's schema up to date; safe when several do it at once (Kysely's Migrator takes a lock in the database).
 * Returns the names of what was applied now.
 */
export async function migrate(settings: PostgresDatabase, migrations: readonly SqlMigration[]): Promise<string[]> {
  return usingPostgres<unknown, string[]>(settings, async ({ db }) => {
    const migrator = new Migrator({
      db,
      migrationTableSchema: settings.schema,
      provider: { getMigrations: () => Promise.resolve(toKysely(migrations)) },
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error;
    return results.map(({ migrationName }) => migrationName);
  });
}

const toKysely = (migrations: readonly SqlMigration[]): Record<string, Migration> =>
  Object.fromEntries(
    migrations.map(({ name, sql: text }) => [name, { up: async (tx) => void (await sql.raw(text).execute(tx)) }]),
  );
