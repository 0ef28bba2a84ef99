import { Migrator, sql, type Migration } from 'kysely';
import { usingPostgres, type PostgresDatabase } from './connect-postgres';

/** SQL that runs once, in a transaction. Migrations are applied in the order of their names. */
export interface SqlMigration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Applies missing migrations, and returns their names. Safe when several processes do so at once: Kysely's Migrator locks the database.
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
