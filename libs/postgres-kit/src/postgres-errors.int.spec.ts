import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { until } from '@badger-store/test-kit';
import { sql, type Kysely } from 'kysely';
import { connectPostgres, migrate, PostgresReadOnlyError, PostgresUnavailableError, type Postgres } from './index';
import { startPostgresServer, toOwnerUrl, type PostgresServer } from './testing';

let server: PostgresServer;
let url: string;
let operator: Postgres<unknown>;
const opened: Postgres<unknown>[] = [];

const connect = (maxConnections = 4, to = url, schema = 'one', statementTimeoutMs?: number) => {
  const postgres = connectPostgres<unknown>(
    { url: to, schema, applicationName: 'spec', maxConnections, statementTimeoutMs },
    () => undefined,
  );
  opened.push(postgres);
  return postgres;
};
const getBackend = async (db: Kysely<unknown>) => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid ?? 0;
};
const raise = (db: Kysely<unknown>, state: string) =>
  sql.raw(`do $$ begin raise exception 'simulated' using errcode = '${state}'; end $$`).execute(db);
const failure = (call: Promise<unknown>) => call.catch((error: unknown) => error);

beforeAll(async () => {
  server = await startPostgresServer();
  ({ one: url = '' } = await server.createDatabase('store', ['one']));
  const things = 'create table things (id int primary key, n int not null); insert into things values (1, 0), (2, 0)';
  await migrate({ url: toOwnerUrl(url), schema: 'one' }, [{ name: '001-things', sql: things }]);
  operator = connect(2, new URL('/store', server.url).href, 'public');
});

afterAll(async () => {
  await Promise.all(opened.map((postgres) => postgres.close()));
  await server.stop();
});

describe('an error that says something about the server or about other clients', () => {
  it.each([
    ['08006', 'the connection failed'],
    ['25P02', 'the transaction has failed'],
    ['25P03', 'the transaction was idle for too long'],
    ['25P04', 'the transaction took too long'],
    ['40001', 'transactions could not be put in a sequence'],
    ['40003', 'it is not known whether the statement ran'],
    ['40P01', 'a deadlock'],
    ['53100', 'the disk is full'],
    ['53200', 'out of memory'],
    ['53300', 'too many connections'],
    ['55006', 'the object is in use'],
    ['55P03', 'the lock is held'],
    ['57014', 'the statement was cancelled'],
    ['57P01', 'the server shuts down'],
    ['57P02', 'the server crashed'],
    ['57P03', 'the server starts'],
    ['57P05', 'the session was idle for too long'],
    ['58030', 'an error of input or output'],
    ['F0000', 'a wrong configuration file'],
    ['XX000', 'an internal error'],
    ['XX001', 'corrupted data'],
  ])('%s (%s) is POSTGRES_UNAVAILABLE, and the next statement works', async (state) => {
    const { db } = connect(1);
    const error = await failure(raise(db, state));
    expect(error).toBeInstanceOf(PostgresUnavailableError);
    expect(error).toMatchObject({ category: 'unavailable', code: 'POSTGRES_UNAVAILABLE', cause: { code: state } });
    await sql`select 1`.execute(db);
    const inTransaction = await failure(db.transaction().execute((tx) => raise(tx, state)));
    expect(inTransaction).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    await sql`select 1`.execute(db);
  });

  it.each(['22003', '22021', '23505', '23514', '40002', '42501', '42P01', 'P0001'])(
    '%s says something about the statement and is passed on',
    async (state) => {
      expect(await failure(raise(connect(1).db, state))).toMatchObject({ code: state });
    },
  );

  it.each([
    ['57014', true],
    ['55P03', true],
    ['40001', true],
    ['25P02', false],
    ['53100', false],
    ['58030', false],
  ])('%s keeps its connection in the pool: %s', async (state, keeps) => {
    const { db } = connect(1);
    const before = await getBackend(db);
    await failure(raise(db, state));
    expect((await getBackend(db)) === before).toBe(keeps);
  });
});

describe('a statement that PostgreSQL undid', () => {
  it('runs three times at most', async () => {
    const { db } = connect(1, toOwnerUrl(url));
    await sql`create sequence runs`.execute(db);
    const run = sql.raw(
      `do $$ begin perform nextval('runs'); raise exception 'simulated' using errcode = '40001'; end $$`,
    );
    expect(await failure(run.execute(db))).toMatchObject({ cause: { code: '40001' } });
    expect((await sql`select last_value::int as runs from runs`.execute(db)).rows).toEqual([{ runs: 3 }]);
  });

  it('in a deadlock runs again with its whole transaction, so that both transactions are done', async () => {
    await sql`alter role one set deadlock_timeout = '100ms'`.execute(connect(1, server.url).db);
    const { db } = connect(2);
    let runs = 0;
    let arrived = 0;
    const swap = (first: number, second: number) =>
      db.transaction().execute(async (tx) => {
        runs += 1;
        await sql`update things set n = n + 1 where id = ${first}`.execute(tx);
        arrived += 1;
        await until('both have their first row', () => arrived >= 2);
        await sql`update things set n = n + 1 where id = ${second}`.execute(tx);
      });
    await Promise.all([swap(1, 2), swap(2, 1)]);
    expect(runs).toBe(3);
    expect((await sql`select n from things order by id`.execute(db)).rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('in a serialization failure runs again with its whole transaction', async () => {
    const { db } = connect(2);
    let arrived = 0;
    const addBoth = (own: number) =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (tx) => {
          const { rows } = await sql<{ sum: number }>`select sum(n)::int as sum from things`.execute(tx);
          arrived += 1;
          await until('both have read', () => arrived >= 2);
          await sql`update things set n = ${rows[0]?.sum} where id = ${own}`.execute(tx);
        });
    await sql`update things set n = 1`.execute(db);
    await Promise.all([addBoth(1), addBoth(2)]);
    const { rows } = await sql`select n from things order by n`.execute(db);
    // One after the other: 1 + 1, then 2 + 1.
    expect(rows).toEqual([{ n: 2 }, { n: 3 }]);
  });
});

describe('a server that is read-only', () => {
  const setReadOnly = (isReadOnly: boolean) =>
    sql
      .raw(`alter database store set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
      .execute(operator.db);
  const write = (db: Kysely<unknown>) => sql`update things set n = n + 1 where id = 1`.execute(db);
  /** Opens every connection of the pool. It hands out the one that was released last, so the oldest comes first. */
  const openAll = async (db: Kysely<unknown>, connections: number): Promise<void> => {
    if (connections === 0) return;
    await db.connection().execute(() => openAll(db, connections - 1));
  };
  afterEach(async () => {
    await sql`set default_transaction_read_only = off`.execute(operator.db);
    await setReadOnly(false);
  });

  it('rejects writes as unavailable, serves reads, and says so to a ping', async () => {
    await setReadOnly(true);
    const { db, ping } = connect();
    expect(await failure(write(db))).toBeInstanceOf(PostgresReadOnlyError);
    expect(await failure(db.transaction().execute((tx) => write(tx)))).toBeInstanceOf(PostgresReadOnlyError);
    await sql`select n from things`.execute(db);
    expect(await failure(ping())).toMatchObject({ code: 'POSTGRES_UNAVAILABLE', state: 'read-only' });
  });

  it('is left by every connection as soon as one of them saw it, so that the next write finds the server that takes writes', async () => {
    await setReadOnly(true);
    const { db, ping } = connect(8);
    await openAll(db, 8);
    await setReadOnly(false);
    await write(db);
    await Promise.all(Array.from({ length: 8 }, () => write(db)));
    await db.transaction().execute((tx) => write(tx));
    await ping();
  });

  it('is left by a pool of one connection too', async () => {
    await setReadOnly(true);
    const { db } = connect(1);
    await openAll(db, 1);
    await setReadOnly(false);
    await db.transaction().execute((tx) => write(tx));
  });
});

describe('a connection that PostgreSQL ends', () => {
  it('in the pool is replaced', async () => {
    const { db } = connect(1);
    const pid = await getBackend(db);
    await sql`select pg_terminate_backend(${pid})`.execute(operator.db);
    await until('the next statement has another connection', async () => {
      const now = await failure(getBackend(db));
      if (now instanceof Error) expect(now).toBeInstanceOf(PostgresUnavailableError);
      return typeof now === 'number' && now !== pid;
    });
  });

  it('with the packet that says it is ready rejects as unavailable, and ends no process', async () => {
    const message = (type: string, body: string) => {
      const head = Buffer.from(`${type}....`);
      head.writeUInt32BE(4 + body.length, 1);
      return Buffer.concat([head, Buffer.from(body, 'latin1')]);
    };
    const ended = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
    const ready = message('R', '\0\0\0\0');
    const dying = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([ready, message('Z', 'I'), ended])));
    }).listen(0, '127.0.0.1');
    await once(dying, 'listening');
    const { db } = connect(1, `postgres://one@127.0.0.1:${(dying.address() as AddressInfo).port}/store`);
    for (let times = 0; times < 3; times += 1) {
      expect(await failure(sql`select 1`.execute(db))).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    }
    dying.close();
  });

  it('in the middle of a statement rejects as unavailable', async () => {
    const { db } = connect(1);
    const pid = await getBackend(db);
    const sleeping = failure(sql`select pg_sleep(2)`.execute(db));
    await until('it sleeps', async () => {
      const { rows } = await sql`select from pg_stat_activity where pid = ${pid} and state = 'active'`.execute(
        operator.db,
      );
      return rows.length === 1;
    });
    await sql`select pg_terminate_backend(${pid})`.execute(operator.db);
    expect(await sleeping).toMatchObject({ code: 'POSTGRES_UNAVAILABLE', cause: { code: '57P01' } });
    await sql`select 1`.execute(db);
  });

  it('because its transaction was idle for too long rejects as unavailable', async () => {
    const { db, ping } = connect(1);
    const idle = db.transaction().execute(async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = 50`.execute(tx);
      const pid = await getBackend(tx);
      await until('it is ended', async () => {
        const { rows } = await sql`select from pg_stat_activity where pid = ${pid}`.execute(operator.db);
        return rows.length === 0;
      });
      await sql`select 1`.execute(tx);
    });
    expect(await failure(idle)).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    await ping();
  });

  it('is refused, when the role has as many as it may, as unavailable', async () => {
    const first = connect(1);
    await first.ping();
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from pg_stat_activity where usename = 'one'`.execute(operator.db);
    await sql.raw(`alter role one connection limit ${rows[0]?.n ?? 1}`).execute(operator.db);
    try {
      expect(await failure(connect(1).ping())).toMatchObject({
        code: 'POSTGRES_UNAVAILABLE',
        cause: { code: '53300' },
      });
    } finally {
      await sql`alter role one connection limit -1`.execute(operator.db);
    }
  });
});

it('a lock that another transaction holds is unavailable when it is not released within the time-out', async () => {
  const { db } = connect(2, url, 'one', 300);
  await db.transaction().execute(async (tx) => {
    await sql`update things set n = n where id = 1`.execute(tx);
    const waiting = sql`update things set n = n where id = 1`.execute(db);
    const timedOut = { code: expect.stringMatching(/^(57014|55P03)$/) as unknown };
    expect(await failure(waiting)).toMatchObject({ code: 'POSTGRES_UNAVAILABLE', cause: timedOut });
  });
});

it('a statement after one that hangs is not waited for in the same transaction', async () => {
  const { db } = connect(1, url, 'one', 300);
  const pid = await getBackend(db);
  const statements: unknown[] = [];
  const transaction = db.transaction().execute(async (tx) => {
    process.kill(pid, 'SIGSTOP');
    statements.push(await failure(sql`select 1`.execute(tx)));
    statements.push(await failure(sql`select 2`.execute(tx)));
    return sql`select 3`.execute(tx);
  });
  const outcome = await failure(transaction);
  process.kill(pid, 'SIGCONT');
  expect(outcome).toBe(statements[0]);
  expect(statements[1]).toBe(statements[0]);
});
