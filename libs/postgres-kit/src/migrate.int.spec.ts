import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { connectPostgres, migrate, MigrationError, type Postgres, type SqlMigration } from './index';
import { startPostgresServer, toOwnerUrl, type PostgresServer } from './testing';

let server: PostgresServer;
const opened: Postgres<unknown>[] = [];
let databases = 0;

beforeAll(async () => {
  server = await startPostgresServer();
});

afterAll(async () => {
  await Promise.all(opened.map((postgres) => postgres.close()));
  await server.stop();
});

function connect(url: string, schema = 'shop') {
  const postgres = connectPostgres<unknown>({ url, schema, applicationName: 'spec' }, () => undefined);
  opened.push(postgres);
  return postgres.db;
}

async function createDatabase(on = server) {
  const { shop: url = '' } = await on.createDatabase(`store-${(databases += 1)}`, ['shop']);
  return { url, owner: { url: toOwnerUrl(url), schema: 'shop' } };
}

const things = {
  name: '001-things',
  sql: 'create table things (id int generated always as identity primary key); insert into things default values',
};
const named = { name: '002-named', sql: 'alter table things add column name text' };
const coloured = { name: '003-coloured', sql: 'alter table things add column color text' };

const getColumns = async (url: string) => {
  const { rows } = await sql<{ name: string }>`select attname as name from pg_attribute
    where attrelid = to_regclass('things') and attnum > 0 order by attnum`.execute(connect(url));
  return rows.map(({ name }) => name);
};
const neverRetry = {
  waitMs: 60_000,
  onRetry: () => {
    throw new Error('retried');
  },
};

describe('migrations', () => {
  it('are applied once each when several processes apply them at once', async () => {
    const { url, owner } = await createDatabase();
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(owner, [things, named])));
    expect(applied.flat().sort()).toEqual(['001-things', '002-named']);
    const { rows } = await sql`select * from things`.execute(connect(url));
    expect(rows).toEqual([{ id: 1, name: null }]);
  });

  it('of a newer version are accepted by an older program, which can also add its own', async () => {
    const { url, owner } = await createDatabase();
    await migrate(owner, [things, coloured]);
    expect(await migrate(owner, [things])).toEqual([]);
    expect(await migrate(owner, [things, named])).toEqual(['002-named']);
    expect(await getColumns(url)).toEqual(['id', 'color', 'name']);
  });

  it('create the schema where it is missing and the role may', async () => {
    const { url } = await createDatabase();
    const database = { url: new URL(new URL(url).pathname, server.url).href, schema: 'other' };
    expect(await migrate(database, [things])).toEqual(['001-things']);
  });

  it('that were changed after they had been applied are refused', async () => {
    const { owner } = await createDatabase();
    await migrate(owner, [things]);
    const changed = { ...things, sql: `${things.sql} -- changed` };
    await expect(migrate(owner, [changed], neverRetry)).rejects.toThrow(/^migration 001-things was changed/);
  });

  it('that fail leave nothing behind, and the error names the migration', async () => {
    const { url, owner } = await createDatabase();
    const broken = { name: '002-broken', sql: 'alter table things add column half int; select nonsense' };
    const failing = migrate(owner, [things, broken], neverRetry);
    await expect(failing).rejects.toBeInstanceOf(MigrationError);
    await expect(failing).rejects.toThrow('migration 002-broken failed: column "nonsense" does not exist.');
    expect(await getColumns(url)).toEqual(['id']);
  });

  it('say so when the schema has objects that no migration created', async () => {
    const { owner } = await createDatabase();
    await sql`create table things (id int)`.execute(connect(owner.url));
    await expect(migrate(owner, [things], neverRetry)).rejects.toThrow(
      'migration 001-things failed: relation "things" already exists. The schema has objects that no recorded migration created.',
    );
  });

  it('are rolled back when the process or the connection ends during them, and are applied by the retry', async () => {
    const { url, owner } = await createDatabase();
    const slow = { name: '001-slow', sql: `${things.sql}; select pg_sleep(case when random() < 2 then 60 end)` };
    const operator = connect(server.url, 'public');
    const isSleeping = () =>
      sql`select from pg_stat_activity where datname = ${new URL(url).pathname.slice(1)} and wait_event = 'PgSleep'`
        .execute(operator)
        .then(({ rows }) => rows.length > 0);
    const failing = migrate(owner, [slow]).catch((error: unknown) => error);
    await until('the migration runs', isSleeping);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`.execute(operator);
    expect(await failing).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    expect(await getColumns(url)).toEqual([]);
    expect(await migrate(owner, [things])).toEqual(['001-things']);
  });

  it('wait for another process that applies them, and go on when its session is dead', async () => {
    const { url, owner } = await createDatabase();
    const dead = connect(owner.url)
      .transaction()
      .execute(async (tx) => {
        await sql`set local idle_in_transaction_session_timeout = 500`.execute(tx);
        await sql`select pg_advisory_xact_lock(hashtextextended('schema_migrations shop', 0))`.execute(tx);
        const waiting = migrate(owner, [things]);
        await until('the lock is awaited', async () => {
          const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(
            connect(owner.url),
          );
          return rows.length > 0;
        });
        return waiting;
      });
    await expect(dead).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    await until('the migration is applied', async () => (await getColumns(url)).length > 0);
  });

  it('do not make requests wait behind a lock of another client, and are retried until it is released', async () => {
    const { owner } = await createDatabase();
    await migrate(owner, [things]);
    let release = () => undefined as void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const blocker = connect(owner.url)
      .transaction()
      .execute(async (tx) => {
        await sql`lock table things in access share mode`.execute(tx);
        await expect(migrate(owner, [things, named])).rejects.toMatchObject({ cause: { code: '55P03' } });
        setImmediate(() => void retried());
        await released;
      });
    const applied: string[][] = [];
    const retried = async () => {
      applied.push(await migrate(owner, [things, named], { waitMs: 60_000, onRetry: () => release() }));
    };
    await blocker;
    await until('the migration is applied', () => applied.length > 0);
    expect(applied).toEqual([['002-named']]);
  });
});

describe('a PostgreSQL that is not up', () => {
  it('is awaited', async () => {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'badger-migrate-'));
    const before = await startPostgresServer({ port, dataFolder: folder, isThrowaway: true });
    const { owner } = await createDatabase(before);
    await before.stop();
    let after: Promise<PostgresServer> | undefined;
    const onRetry = () => void (after ??= startPostgresServer({ port, dataFolder: folder, isThrowaway: true }));
    expect(await migrate(owner, [things], { waitMs: 60_000, onRetry })).toEqual(['001-things']);
    await (await after)?.stop();
    await rm(folder, { recursive: true });
  });

  it('is awaited until the budget ends', async () => {
    const url = `postgres://shop@127.0.0.1:${await freePort()}/store`;
    let retries = 0;
    const onRetry = () => void (retries += 1);
    await expect(migrate({ url, schema: 'shop' }, [], { waitMs: 500, onRetry })).rejects.toThrow(/ECONNREFUSED/);
    expect(retries).toBeGreaterThan(0);
    expect(retries).toBeLessThan(8);
  });

  it('is awaited while it is in recovery, unless no migration is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'badger-migrate-'));
    const before = await startPostgresServer({ dataFolder: folder, isThrowaway: true });
    const { owner } = await createDatabase(before);
    await migrate(owner, [things]);
    await before.stop();
    await writeFile(join(folder, 'data', 'standby.signal'), '');
    const standby = await startPostgresServer({ port: before.port, dataFolder: folder, isThrowaway: true });
    const operator = connect(standby.url, 'public');
    expect(await migrate(owner, [things], neverRetry)).toEqual([]);
    await expect(migrate(owner, [things, named])).rejects.toMatchObject({ state: 'read-only' });
    const onRetry = () => void sql`select pg_promote(wait => false)`.execute(operator).catch(() => undefined);
    expect(await migrate(owner, [things, named], { waitMs: 60_000, onRetry })).toEqual(['002-named']);
    await standby.stop();
    await rm(folder, { recursive: true });
  });

  const raising = (state: string): SqlMigration => ({
    name: '001-raising',
    sql: `do $$ begin raise exception 'simulated' using errcode = '${state}'; end $$`,
  });
  it.each(['57P03', '57P01', '53300', '08006'])('is awaited when it reports %s', async (state) => {
    const { owner } = await createDatabase();
    await expect(migrate(owner, [raising(state)], neverRetry)).rejects.toThrow('retried');
  });

  it('is awaited when its host is not found', async () => {
    const nowhere = { url: 'postgres://shop@postgres.invalid/store', schema: 'shop' };
    await expect(migrate(nowhere, [], neverRetry)).rejects.toThrow('retried');
  });

  it.each<[what: string, change: (url: URL) => void, message: RegExp]>([
    ['password', (url) => (url.password = 'wrong'), /password authentication failed for user "shop_owner"/],
    ['role', (url) => (url.username = 'stranger'), /password authentication failed for user "stranger"/],
    ['database', (url) => (url.pathname = 'nowhere'), /database "nowhere" does not exist/],
    ['TLS mode', (url) => (url.search = 'sslmode=verify-full'), /does not support SSL/],
  ])('is not awaited when the %s is wrong', async (_, change, message) => {
    const { owner } = await createDatabase();
    const url = new URL(owner.url);
    change(url);
    await expect(migrate({ ...owner, url: url.href }, [things], neverRetry)).rejects.toThrow(message);
  });
});

describe('the role of a service', () => {
  let url: string;
  beforeAll(async () => {
    const { owner, ...service } = await createDatabase();
    await migrate(owner, [things]);
    ({ url } = service);
  });

  it('may read and change rows', async () => {
    const db = connect(url);
    await sql`insert into things default values`.execute(db);
    await sql`update things set id = default`.execute(db);
    await sql`delete from things`.execute(db);
    expect((await sql`select * from things for update`.execute(db)).rows).toEqual([]);
  });

  it.each([
    'create table more (id int)',
    'create function more() returns int language sql return 1',
    'create temporary table more (id int) on commit drop; create table more_still (id int)',
    'create index more on things (id)',
    'create trigger more before insert on things for each row execute function suppress_redundant_updates_trigger()',
    'alter table things add column more text',
    'alter table things disable trigger all',
    'truncate things',
    'drop table things',
    'drop schema shop cascade',
  ])('may not %s', async (statement) => {
    const error = await sql
      .raw(statement)
      .execute(connect(url))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '42501' });
  });

  it('cannot migrate', async () => {
    await expect(migrate({ url, schema: 'shop' }, [things, named], neverRetry)).rejects.toThrow(
      /^migration 002-named failed|permission denied for schema shop/,
    );
  });
});
