import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { Client } from 'pg';
import { services } from './manifests/objects';

const roles = join(__dirname, '../components/cloudnative-pg/roles.sql');
const servers: PostgresServer[] = [];

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The URL of the superuser to the database of a new server. */
async function start(create: (server: PostgresServer) => Promise<unknown>): Promise<string> {
  const server = await startPostgresServer();
  servers.push(server);
  await create(server);
  return new URL('/badger_store', server.url).href;
}

/** The schemas with their owners and rights, the rights that tables will have, and the roles. */
const rights = `
  select 'schema' as kind, nspname as name, nspowner::regrole::text as owner, nspacl::text as rights from pg_namespace where nspname not like 'pg%'
  union all select 'tables', defaclnamespace::regnamespace::text, defaclrole::regrole::text, defaclacl::text from pg_default_acl
  union all select 'role', rolname, rolcanlogin::text, rolsuper::text from pg_roles where rolname not like 'pg%' and rolname not in ('badger_store', 'streaming_replica')
  union all select 'extension', extname, extnamespace::regnamespace::text, null from pg_extension
  order by 1, 2, 3`;

it('the roles of CloudNativePG have the rights of those of the other PostgreSQLs, and others cannot connect', async () => {
  const expected = await start((server) => server.createDatabase('badger_store', services));
  const url = await start(async (server) => {
    await query(server.url, 'create role badger_store login');
    await query(server.url, 'create database badger_store owner badger_store');
    await query(new URL('/badger_store', server.url).href, await readFile(roles, 'utf8'));
  });
  expect(await query(url, rights)).toEqual(await query(expected, rights));

  const whoConnects = (database: string) =>
    query(
      url,
      `select rolname from pg_roles where has_database_privilege(rolname, '${database}', 'connect')
      and rolcanlogin and not rolsuper order by 1`,
    );
  expect(await whoConnects('postgres')).toEqual([{ rolname: 'streaming_replica' }]);
  expect(await whoConnects('badger_store')).toEqual(
    services
      .flatMap((service) => [service, `${service}_owner`])
      .sort()
      .map((rolname) => ({ rolname })),
  );
}, 60_000);
