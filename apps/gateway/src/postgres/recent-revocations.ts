import {
  revocationLifeMs,
  sessionHashBytes,
  type Revocation,
  type RevocationPage,
  type UserRevocation,
} from '@badger-store/service-kit';
import { sql, type Kysely } from 'kysely';
import type { GatewayTables } from './tables';

/** Longer than any reader needs a revocation. */
const keptSeconds = 900;
const defaultPageSize = 10_000;
const purgeBatchSize = 5000;

/** The first part of a WAL file's name: https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES */
const timelineNow = sql<string>`substring(pg_walfile_name(pg_current_wal_lsn()) for 8)`;

interface PageRow {
  readonly completeUntil: Date;
  readonly timeline: string;
  readonly xmin: string;
  readonly nextPage: string | null;
  readonly sessions: Buffer;
  readonly users: UserRevocation[];
  readonly apiKeys: string[];
}

/**
 * A time or a sequence number can't be a cursor: both are assigned before the commit, so a poll would skip a transaction that commits late.
 * Therefore a poll continues at `pg_snapshot_xmin` of the previous poll, the oldest transaction that was in progress then, at whichever
 * gateway. A cursor of another timeline (a promoted replica may lack the last transactions), or of the future (another database),
 * reads everything.
 */
export function createRecentRevocations(db: Kysely<GatewayTables>, pageSize = defaultPageSize) {
  return {
    /** One page of the revocations of the last 11 minutes, from a cursor on. */
    async read(cursor = '0.0.0'): Promise<RevocationPage> {
      const [timeline = '0', xid = '0', position = '0'] = cursor.split('.');
      const { rows } = await sql<PageRow>`
        with page as (
          select * from revocations
          where (xid, position) > (
              (select case when ${timeline} <> ${timelineNow} or ${xid}::xid8 > pg_snapshot_xmax(pg_current_snapshot())
                then '0'::xid8 else ${xid}::xid8 end),
              ${position}::bigint
            )
            and revoked_at > statement_timestamp() - make_interval(secs => ${revocationLifeMs / 1000})
          order by xid, position
          limit ${pageSize}
        )
        select
          statement_timestamp() as "completeUntil",
          ${timelineNow} as timeline,
          pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
          case when count(*) = ${pageSize} then
            (select xid::text || '.' || position from page order by xid desc, position desc limit 1)
          end as "nextPage",
          coalesce(
            string_agg(substring(sha256(convert_to(target, 'UTF8')) for ${sessionHashBytes}::int), ''::bytea) filter (where kind = 'session'), ''
          ) as sessions,
          coalesce(
            json_agg(json_build_object('id', target, 'sessionVersion', session_version, 'keptSession', kept_session))
              filter (where kind = 'user'), '[]'
          ) as users,
          coalesce(json_agg(target) filter (where kind = 'api-key'), '[]') as "apiKeys"
        from page
      `.execute(db);
      const [row] = rows;
      if (!row) throw new Error('PostgreSQL returned no row');
      const { timeline: current, xmin, nextPage, ...page } = row;
      return {
        ...page,
        nextPoll: `${current}.${xmin}.0`,
        ...(nextPage !== null && { nextPage: `${current}.${nextPage}` }),
      };
    },

    /** Deletes a batch of old revocations; resolves to whether more may be left. */
    async purge(): Promise<boolean> {
      const { numAffectedRows } = await sql`
        delete from revocations where (xid, position) in (
          select xid, position from revocations where revoked_at < now() - make_interval(secs => ${keptSeconds})
          limit ${purgeBatchSize} for update skip locked
        )`.execute(db);
      return Number(numAffectedRows) === purgeBatchSize;
    },
  };
}

export type RecentRevocations = ReturnType<typeof createRecentRevocations>;

/** In the transaction that ends a session, raises a user's session version or revokes an API key. */
export async function insertRevocation(tx: Kysely<GatewayTables>, revocation: Revocation): Promise<void> {
  const { kind, id } = revocation;
  const { sessionVersion = null, keptSession = null } = revocation.kind === 'user' ? revocation : {};
  await sql`
    insert into revocations (kind, target, session_version, kept_session)
    values (${kind}, ${id}, ${sessionVersion}, ${keptSession})`.execute(tx);
}
