import { sql, type Kysely, type Selectable } from 'kysely';
import type { Revocation, RevocationLog } from '../domain/revocation-log';
import type { GatewayTables } from './tables';

/** A little longer than a userToken is valid. */
const recentSeconds = 660;
const mostRecent = 100_000;

export interface PostgresRevocationsOptions {
  readonly db: Kysely<GatewayTables>;
  /** How long a session can live on without a refresh, at most. */
  readonly keepMs: number;
}

export function createPostgresRevocations({ db, keepMs }: PostgresRevocationsOptions): RevocationLog {
  return {
    async add(revocation) {
      await insertRevocation(db, revocation, keepMs);
    },

    async recent() {
      await db
        .deleteFrom('revocations')
        .where('expires_at', '<', sql<Date>`now()`)
        .execute();
      const rows = await db
        .selectFrom('revocations')
        .selectAll()
        .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${recentSeconds})`)
        .orderBy('created_at', 'desc')
        .limit(mostRecent)
        .execute();
      return rows.map(toRevocation);
    },

    async isRevoked({ id, userId, startedAt, apiKeyId }) {
      const row = await db
        .selectFrom('revocations')
        .select('kind')
        .where('target', 'in', [id, userId, ...(apiKeyId === undefined ? [] : [apiKeyId])])
        .where((eb) =>
          eb.or([
            eb.and([eb('kind', '=', 'session'), eb('target', '=', id)]),
            eb.and([
              eb('kind', '=', 'subject'),
              eb('target', '=', userId),
              eb('started_before', '>', String(startedAt)),
              sql<boolean>`except_session is distinct from ${id}`,
            ]),
            eb.and([eb('kind', '=', 'api-key'), eb('target', '=', apiKeyId ?? '')]),
          ]),
        )
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async endedBySigningIn(sessionId, userId) {
      const row = await db
        .selectFrom('revocations')
        .select('kind')
        .where('kind', '=', 'session')
        .where('target', '=', sessionId)
        .where('signed_in_as', '=', userId)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** For a transaction that changes something else with it. */
export async function insertRevocation(
  db: Kysely<GatewayTables>,
  revocation: Revocation,
  keepMs: number,
): Promise<void> {
  const isSubject = revocation.kind === 'subject';
  await db
    .insertInto('revocations')
    .values({
      kind: revocation.kind,
      target: revocation.id,
      started_before: isSubject ? String(revocation.startedBefore) : null,
      except_session: (isSubject && revocation.exceptSession) || null,
      signed_in_as: (revocation.kind === 'session' && revocation.signedInAs) || null,
      expires_at: sql<Date>`now() + make_interval(secs => ${keepMs / 1000})`,
    })
    .execute();
}

function toRevocation(row: Selectable<GatewayTables['revocations']>): Revocation {
  const { kind, target: id } = row;
  if (kind !== 'subject') return { kind, id };
  return {
    kind,
    id,
    startedBefore: Number(row.started_before),
    ...(row.except_session === null ? {} : { exceptSession: row.except_session }),
  };
}
