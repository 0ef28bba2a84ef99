import type { Revocation } from '@badger-store/service-kit';
import { sql, type Kysely } from 'kysely';
import {
  nextGeneration,
  type GuestOutcome,
  type GuestProof,
  type PresentedToken,
  type Session,
  type Sessions,
} from '../domain/session';
import { insertRevocation } from './recent-revocations';
import type { GatewayTables } from './tables';

interface Work {
  readonly tx: Kysely<GatewayTables>;
  /** Records the revocation for all services. */
  revoke(revocation: Revocation): Promise<void>;
}

interface LockedSession extends Session {
  readonly generation: number;
  readonly previous: number;
  readonly msSinceRotation: number;
  /** Neither ended nor expired, and its API key was not revoked. */
  readonly isOpen: boolean;
}

/**
 * A transaction locks the session's row first, so that refreshes, sign-ins and sign-outs of one session are serialized. `onRevoked` is
 * called after the commit, so that this process refuses revoked tokens at once.
 */
export function createPostgresSessions(
  db: Kysely<GatewayTables>,
  onRevoked: (revocation: Revocation) => void,
): Sessions {
  const transaction = async <Result>(run: (work: Work) => Promise<Result>): Promise<Result> => {
    const { result, revoked } = await db.transaction().execute(async (tx) => {
      // Inside, since a transaction may be repeated.
      const revocations: Revocation[] = [];
      const revoke = async (revocation: Revocation) => {
        await insertRevocation(tx, revocation);
        revocations.push(revocation);
      };
      return { result: await run({ tx, revoke }), revoked: revocations };
    });
    revoked.forEach(onRevoked);
    return result;
  };

  return {
    signIn: (session, guest) =>
      transaction(async (work) => {
        const [user] = await query<{ version: number }>(
          work.tx,
          sql`select session_version as version from users where id = ${session.userId} for share`,
        );
        if (user?.version !== session.sessionVersion) return undefined;
        const outcome = guest && (await startMigration(work, guest, session.userId));
        await insertUnlessPresent(work.tx, session);
        return { guest: outcome };
      }),

    refresh: (token, ttlMs) =>
      transaction(async (work) => {
        const session = await lock(work.tx, token);
        if (!session?.isOpen) return undefined;
        const [user] = await query<{ email: string; version: number }>(
          work.tx,
          sql`select email, session_version as version from users where id = ${session.userId}`,
        );
        if (session.kind === 'user' && user?.version !== session.sessionVersion) return undefined;
        const generation = await rotate(work, session, token.generation);
        if (generation === undefined) return undefined;
        const expiresAt = Date.now() + ttlMs[session.kind];
        await sql`
          update sessions set generation = ${generation}, previous_generation = ${token.generation}, rotated_at = now(),
            expires_at = ${new Date(expiresAt)}
          where id = ${session.id} and generation <> ${generation}`.execute(work.tx);
        return { session: { ...session, expiresAt }, email: user?.email, generation };
      }),

    end: (ended) =>
      transaction(async (work) => {
        const session = await lock(work.tx, ended);
        if (session) await endLocked(work, session);
      }),

    endAll: (userId) =>
      transaction(async ({ tx, revoke }) => {
        const [user] = await query<{ version: number }>(
          tx,
          sql`update users set session_version = session_version + 1 where id = ${userId}
              returning session_version as version`,
        );
        if (user) await revoke({ kind: 'user', id: userId, sessionVersion: user.version });
      }),

    changePassword: ({ id, sessionVersion }, passwordHash, sessionId) =>
      transaction(async ({ tx, revoke }) => {
        const version = sessionVersion + 1;
        const [user] = await query(
          tx,
          sql`select id from users where id = ${id} and session_version = ${sessionVersion} for update`,
        );
        if (!user) return false;
        const session = await sql`
          update sessions set session_version = ${version}
          where id = ${sessionId} and session_version = ${sessionVersion} and ended_at is null`.execute(tx);
        if (!session.numAffectedRows) return false;
        await sql`
          update users set password_hash = ${passwordHash}, session_version = ${version} where id = ${id}`.execute(tx);
        await revoke({ kind: 'user', id, sessionVersion: version, keptSession: sessionId });
        return true;
      }),

    deleteAccount: ({ id, sessionVersion }, sessionId) =>
      transaction(async ({ tx, revoke }) => {
        const [user] = await query<{ version: number }>(
          tx,
          sql`select session_version as version from users where id = ${id} for update`,
        );
        if (!user) return [];
        if (user.version !== sessionVersion) return undefined;
        const [session] = await query(tx, sql`select from sessions where id = ${sessionId} and ended_at is null`);
        if (!session) return undefined;
        const carts = await query<{ cartId: string }>(
          tx,
          sql`
            with migrations as (delete from guest_migrations where user_id = ${id} returning guest_id, done_at)
            insert into cart_deletions (cart_id)
            select ${id} union all select guest_id from migrations where done_at is null
            returning cart_id as "cartId"`,
        );
        await sql`delete from sessions where user_id = ${id}`.execute(tx);
        await sql`delete from users where id = ${id}`.execute(tx);
        await revoke({ kind: 'user', id, sessionVersion: sessionVersion + 1 });
        return carts.map(({ cartId }) => cartId);
      }),

    async purge() {
      await sql`delete from sessions where id in (select id from sessions where expires_at < now() limit 1000)`.execute(
        db,
      );
    },
  };
}

/** Records the guest migration. The first user wins. */
async function startMigration(work: Work, proof: GuestProof, userId: string): Promise<GuestOutcome> {
  if ('expired' in proof) return { notMigrated: 'expired' };
  const session = await lock(work.tx, 'session' in proof ? proof.session : proof.refreshToken);
  if (!session) return { notMigrated: 'session_ended' };
  if (session.kind !== 'guest') return undefined;

  const guestId = session.userId;
  const [known] = await query<{ userId: string }>(
    work.tx,
    sql`select user_id as "userId" from guest_migrations where guest_id = ${guestId}`,
  );
  if (known) return known.userId === userId ? { guestId } : { notMigrated: 'belongs_to_another_user' };
  const isReused =
    'refreshToken' in proof && (await rotate(work, session, proof.refreshToken.generation)) === undefined;
  if (!session.isOpen || isReused) return { notMigrated: 'session_ended' };
  // A userToken is valid for 10 min; the rest is for clocks that differ, and for a request in flight.
  await sql`
    insert into guest_migrations (guest_id, user_id, tokens_expire_at)
    values (${guestId}, ${userId}, now() + interval '11 minutes')`.execute(work.tx);
  await endLocked(work, session);
  return { guestId };
}

/** Locks a session's row. A guest who never refreshed has no row yet, so it is inserted first, from the token that carries the session. */
async function lock(tx: Work['tx'], wanted: Session | PresentedToken): Promise<LockedSession | undefined> {
  const session = 'id' in wanted ? wanted : wanted.guest;
  const id = 'id' in wanted ? wanted.id : wanted.sessionId;
  if (session?.kind === 'guest') await insertUnlessPresent(tx, session);
  const [row] = await query<LockedSession & { apiKeyId: string | null }>(
    tx,
    sql`
      select id, user_id as "userId", kind, scopes, api_key_id as "apiKeyId", session_version as "sessionVersion",
        (extract(epoch from started_at) * 1000)::float8 as "startedAt",
        (extract(epoch from expires_at) * 1000)::float8 as "expiresAt",
        generation, previous_generation as previous,
        (extract(epoch from clock_timestamp() - rotated_at) * 1000)::float8 as "msSinceRotation",
        ended_at is null and expires_at > clock_timestamp()
          and not exists (select from api_keys where api_keys.id = api_key_id and revoked_at is not null) as "isOpen"
      from sessions where id = ${id} for update`,
  );
  return row && { ...row, apiKeyId: row.apiKeyId ?? undefined };
}

/** The generation of the next token; `undefined`, and the session ends, if the token was used before. */
async function rotate(work: Work, session: LockedSession, presented: number): Promise<number | undefined> {
  const generation = nextGeneration(session, presented);
  if (generation === undefined) await endLocked(work, session);
  return generation;
}

async function endLocked({ tx, revoke }: Work, { id }: LockedSession): Promise<void> {
  const ended = await sql`update sessions set ended_at = now() where id = ${id} and ended_at is null`.execute(tx);
  if (ended.numAffectedRows) await revoke({ kind: 'session', id });
}

async function insertUnlessPresent(tx: Work['tx'], session: Session): Promise<void> {
  const { id, userId, kind, sessionVersion, scopes, apiKeyId = null } = session;
  const [startedAt, expiresAt] = [new Date(session.startedAt), new Date(session.expiresAt)];
  await sql`
    insert into sessions (id, user_id, kind, session_version, scopes, api_key_id, started_at, rotated_at, expires_at)
    values (${id}, ${userId}, ${kind}, ${sessionVersion}, ${[...scopes]}, ${apiKeyId}, ${startedAt}, ${startedAt}, ${expiresAt})
    on conflict do nothing`.execute(tx);
}

async function query<Row>(db: Kysely<GatewayTables>, statement: ReturnType<typeof sql>): Promise<Row[]> {
  return (await statement.execute(db)).rows as Row[];
}
