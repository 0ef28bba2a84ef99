import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { connectPostgres, isUniqueViolation, migrate, PostgresUnavailableError, type Postgres } from './index';
import { startPostgresServer, toOwnerUrl, type PostgresServer } from './testing';

let server: PostgresServer;
let urls: Record<string, string>;
const opened: Postgres<unknown>[] = [];

const getUrl = (service: string) => urls[service] ?? '';

const connectAs = (service: string) => {
  const postgres = connectPostgres<unknown>(
    { url: getUrl(service), schema: service, applicationName: 'spec' },
    () => undefined,
  );
  opened.push(postgres);
  return postgres;
};

beforeAll(async () => {
  server = await startPostgresServer();
  urls = await server.createDatabase('store', ['one', 'two']);
  const things =
    'create table things (id text constraint things_pkey primary key, name text); insert into things values (1)';
  await migrate({ url: toOwnerUrl(getUrl('one')), schema: 'one' }, [{ name: '001-things', sql: things }]);
});

afterAll(async () => {
  await Promise.all(opened.map((postgres) => postgres.close()));
  await server.stop();
});

describe('a connection', () => {
  it('of one service cannot read the schema of another', async () => {
    await expect(sql`select * from one.things`.execute(connectAs('two').db)).rejects.toThrow(/permission denied/);
  });

  it('passes on what a statement itself did wrong', async () => {
    const error = await sql`insert into things values ('1')`.execute(connectAs('one').db).catch((e: unknown) => e);
    expect(isUniqueViolation(error, 'things_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'another')).toBe(false);
  });

  it('waits for a lock for a bounded time, and says then that PostgreSQL is unavailable', async () => {
    const postgres = connectPostgres<unknown>(
      { url: getUrl('one'), schema: 'one', applicationName: 'spec', statementTimeoutMs: 1000 },
      () => undefined,
    );
    opened.push(postgres);
    await connectAs('one')
      .db.transaction()
      .execute(async (tx) => {
        await sql`lock table things`.execute(tx);
        const waiting = sql`update things set name = 'b'`.execute(postgres.db);
        await expect(waiting).rejects.toBeInstanceOf(PostgresUnavailableError);
        await expect(waiting).rejects.toMatchObject({ cause: { code: '55P03' } });
      });
    await sql`update things set name = null`.execute(postgres.db);
  });

  it('says within its deadline that PostgreSQL hangs, and works again when it goes on', async () => {
    const postgres = connectAs('one');
    await postgres.ping();
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(postgres.db);
    const pid = rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    await expect(postgres.ping()).rejects.toBeInstanceOf(PostgresUnavailableError);
    process.kill(pid, 'SIGCONT');
    await postgres.ping();
  });

  it('that is lost in the middle of a transaction fails that transaction, and nothing else', async () => {
    const postgres = connectAs('one');
    const transaction = postgres.db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      process.kill(rows[0]?.pid ?? 0, 'SIGTERM');
      await until('the connection is gone', async () => {
        const { rows: left } = await sql`select from pg_stat_activity where pid = ${rows[0]?.pid}`.execute(postgres.db);
        return left.length === 0;
      });
      await sleep(50);
      await sql`select 1`.execute(tx);
    });
    await expect(transaction).rejects.toBeInstanceOf(PostgresUnavailableError);
    await postgres.ping();
  });

  it('says that PostgreSQL is gone, and works again when it is back', async () => {
    const own = await startPostgresServer();
    const postgres = connectPostgres<unknown>(
      { url: own.url, schema: 'public', applicationName: 'spec' },
      () => undefined,
    );
    await postgres.ping();
    own.process.kill('SIGQUIT');
    await own.stop();
    await expect(postgres.ping()).rejects.toBeInstanceOf(PostgresUnavailableError);
    const again = await startPostgresServer({ port: own.port });
    await postgres.ping();
    await postgres.close();
    await again.stop();
  });
});
