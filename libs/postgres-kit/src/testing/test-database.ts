import { randomUUID } from 'node:crypto';
import { createDatabase, startPostgresServer, withClient, type PostgresServer } from './postgres-server';

export interface TestDatabase {
  /** Of the role of each service; `toOwnerUrl` has that of its owner. */
  readonly urls: Readonly<Record<string, string>>;
  /** Of the superuser, to this database. */
  readonly superuserUrl: string;
  /** Ends its connections. */
  drop(): Promise<void>;
}

/** `jest-environment.cjs` keeps it from one spec file to the next. */
const { ofWorker = {} } = globalThis as { ofWorker?: { postgresUrl?: string | Promise<string> } };

/**
 * A database of its own, on a server that the spec files of a Jest worker share, since the start of one takes as long as many tests. A test
 * that stops its server passes one.
 */
export async function openTestDatabase(
  services: readonly string[],
  server?: Pick<PostgresServer, 'url'>,
): Promise<TestDatabase> {
  ofWorker.postgresUrl ??= startPostgresServer({ outlivesSpec: true }).then(({ url }) => url);
  const serverUrl = server?.url ?? (ofWorker.postgresUrl = await ofWorker.postgresUrl);
  const name = `spec-${randomUUID()}`;
  return {
    urls: await createDatabase(serverUrl, name, services),
    superuserUrl: new URL(name, serverUrl).href,
    drop: () =>
      withClient(
        serverUrl,
        async (client) => void (await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`)),
      ),
  };
}
