import { randomUUID } from 'node:crypto';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl, type TestDatabase } from '@badger-store/postgres-kit/testing';
import { followRevocations, hashSessionId, type RevocationPage } from '@badger-store/service-kit';
import { until } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { gatewayMigrations } from './migrations';
import { createRecentRevocations, type RecentRevocations } from './recent-revocations';
import { gatewaySchema, type GatewayTables } from './tables';

let database: TestDatabase;
let postgres: Postgres<GatewayTables>;
let revocations: RecentRevocations;
beforeAll(async () => {
  database = await openTestDatabase(['gateway']);
  const { gateway: url = '' } = database.urls;
  await migrate({ url: toOwnerUrl(url), schema: gatewaySchema }, gatewayMigrations);
  const settings = { url, schema: gatewaySchema, applicationName: 'spec' };
  postgres = connectPostgres<GatewayTables>(settings, () => undefined);
  revocations = createRecentRevocations(postgres.db);
});
afterAll(async () => {
  await postgres.close();
  await database.drop();
});
beforeEach(() => postgres.db.deleteFrom('revocations').execute());

type Row = Partial<GatewayTables['revocations']>;
const revokeSession = (target: string, db = postgres.db) =>
  db.insertInto('revocations').values({ kind: 'session', target, session_version: null, kept_session: null }).execute();
const revokedAt = (target: string, minutesAgo: number) =>
  sql`insert into revocations (kind, target, revoked_at)
      values ('session', ${target}, now() - make_interval(mins => ${minutesAgo}))`.execute(postgres.db);
const has = ({ sessions }: RevocationPage, id: string) => {
  const hash = hashSessionId(id);
  for (let i = 0; i < sessions.length; i += 8) if (hash.equals(sessions.subarray(i, i + 8))) return true;
  return false;
};

/** Begins a transaction that has revoked a session; `commit` ends it. */
async function openTransaction(target: string) {
  let commit!: () => void;
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  let ended!: Promise<void>;
  await new Promise<void>((resolve) => {
    ended = postgres.db.transaction().execute(async (transaction) => {
      await revokeSession(target, transaction);
      resolve();
      await mayCommit;
    });
  });
  return {
    async commit() {
      commit();
      await ended;
    },
  };
}

it('a page has sessions as hashes, users with their session version, API keys, and PostgreSQL’s time of the read', async () => {
  const rows: Row[] = [
    { kind: 'session', target: 's-1' },
    { kind: 'session', target: 's-2' },
    { kind: 'user', target: 'u-1', session_version: 2, kept_session: 's-3' },
    { kind: 'user', target: 'u-2', session_version: 5 },
    { kind: 'api-key', target: 'k-1' },
  ];
  const values = rows.map((row) => ({ session_version: null, kept_session: null, ...row }) as never);
  await postgres.db.insertInto('revocations').values(values).execute();
  const before = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(postgres.db);
  const page = await revocations.read();
  expect(page.sessions).toHaveLength(16);
  expect([has(page, 's-1'), has(page, 's-2'), has(page, 's-3')]).toEqual([true, true, false]);
  expect(page.users).toEqual([
    { id: 'u-1', sessionVersion: 2, keptSession: 's-3' },
    { id: 'u-2', sessionVersion: 5, keptSession: null },
  ]);
  expect(page.apiKeys).toEqual(['k-1']);
  expect(page.nextPage).toBeUndefined();
  expect(page.completeUntil.getTime()).toBeGreaterThanOrEqual(before.rows[0]?.now.getTime() ?? Infinity);
});

it('an empty page has a cursor too', async () => {
  const page = await revocations.read();
  expect(page).toMatchObject({ users: [], apiKeys: [], nextPoll: expect.stringMatching(/^[\dA-F]{8}\.\d+\.0$/) });
  expect(page.sessions).toHaveLength(0);
});

it('a poll reads a revocation whose transaction was open across several polls', async () => {
  const transaction = await openTransaction('s-late');
  let { nextPoll } = await revocations.read();
  for (let poll = 0; poll < 5; poll += 1) {
    await revokeSession(`s-${poll}`);
    const page = await revocations.read(nextPoll);
    expect(has(page, `s-${poll}`)).toBe(true);
    expect(has(page, 's-late')).toBe(false);
    nextPoll = page.nextPoll;
  }
  await transaction.commit();
  expect(has(await revocations.read(nextPoll), 's-late')).toBe(true);
});

it('a poll reads nothing twice when no transaction was open', async () => {
  await revokeSession('s-1');
  const { nextPoll } = await revocations.read();
  await revokeSession('s-2');
  const page = await revocations.read(nextPoll);
  expect([has(page, 's-1'), has(page, 's-2')]).toEqual([false, true]);
});

it('a cursor of one gateway continues at another', async () => {
  const other = createRecentRevocations(postgres.db);
  await revokeSession('s-1');
  const { nextPoll } = await revocations.read();
  await revokeSession('s-2');
  const page = await other.read(nextPoll);
  expect([has(page, 's-1'), has(page, 's-2')]).toEqual([false, true]);
});

it('a poll of several pages loses nothing when transactions commit between its pages', async () => {
  const paged = createRecentRevocations(postgres.db, 3);
  const early = await openTransaction('s-early');
  for (let i = 0; i < 8; i += 1) await revokeSession(`s-${i}`);
  const late = await openTransaction('s-late');
  const seen = new Set<string>();
  const ids = ['s-early', 's-late', 's-between', ...Array.from({ length: 8 }, (_, i) => `s-${i}`)];
  let reads = 0;
  const follower = followRevocations({
    pollMs: 20,
    report: () => undefined,
    async read(cursor) {
      const page = await paged.read(cursor);
      for (const id of ids) if (has(page, id)) seen.add(id);
      reads += 1;
      if (reads === 1) {
        await early.commit();
        await late.commit();
        await revokeSession('s-between');
      }
      return page;
    },
  });
  await until('everything was read', () => seen.size === ids.length).finally(() => follower.close());
  expect(reads).toBeGreaterThan(3);
});

it.each([
  ['that lies ahead of the database', (timeline: string) => `${timeline}.9000000000.0`],
  ['of a timeline before a replica was promoted', (_timeline: string, xid: string) => `0000000F.${xid}.0`],
])('a cursor %s reads everything', async (_what, toCursor) => {
  await revokeSession('s-1');
  const [timeline = '', xid = ''] = (await revocations.read()).nextPoll.split('.');
  expect(has(await revocations.read(`${timeline}.${xid}.0`), 's-1')).toBe(false);
  const page = await revocations.read(toCursor(timeline, xid));
  expect(has(page, 's-1')).toBe(true);
  expect(page.nextPoll.split('.').slice(0, 2)).toEqual([timeline, xid]);
});

it('a full read has the revocations within the life of a userToken, and no older ones', async () => {
  await revokedAt('s-old', 12);
  await revokedAt('s-recent', 10);
  const page = await revocations.read();
  expect([has(page, 's-old'), has(page, 's-recent')]).toEqual([false, true]);
});

it('the purge deletes old revocations in batches, and no others', async () => {
  await sql`insert into revocations (kind, target, revoked_at)
    select 'session', 'old-' || i, now() - interval '16 minutes' from generate_series(1, 6000) i`.execute(postgres.db);
  await revokedAt('s-kept', 14);
  expect(await revocations.purge()).toBe(true);
  expect(await revocations.purge()).toBe(false);
  const left = await postgres.db.selectFrom('revocations').select('target').execute();
  expect(left).toEqual([{ target: 's-kept' }]);
});

it('a page of ten thousand revocations is read by an index', async () => {
  await sql`insert into revocations (kind, target) select 'session', ${randomUUID()} || i from generate_series(1, 30000) i`.execute(
    postgres.db,
  );
  await sql`analyze revocations`.execute(postgres.db);
  const { nextPoll } = await revocations.read();
  await revokeSession('s-1');
  const scans = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(postgres.db);
    const { rows } = await sql<{ read: string }>`
      select seq_tup_read::text as read from pg_stat_user_tables where relname = 'revocations'`.execute(postgres.db);
    return Number(rows[0]?.read);
  };
  const before = await scans();
  const page = await revocations.read(nextPoll);
  expect(has(page, 's-1')).toBe(true);
  expect((await scans()) - before).toBe(0);
});
