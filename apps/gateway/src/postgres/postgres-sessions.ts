import type { Revocation } from '@badger-store/service-kit';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
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

/** Longer than the last userToken of a guest's session is valid: 10 min, what clocks differ, and a request on its way. */
const guestTokensSeconds = 660;
const purgeBatch = 1000;

export interface PostgresSessionsOptions {
  readonly db: Kysely<GatewayTables>;
  /** Called after the commit of what ends a session, so that this process refuses it at once. */
  readonly onRevoked: (revocation: Revocation) => void;
}

/** A transaction, and what it revokes. */
interface Work {
  readonly tx: Transaction<GatewayTables>;
  /** Records a revocation for all services. */
  revoke(revocation: Revocation): Promise<void>;
}

/** A session's row, locked: what a transaction decides by it holds until it commits. */
interface LockedSession {
  readonly session: Session;
  readonly current: { readonly generation: number; readonly previous: number; readonly msSinceRotation: number };
  /** Neither ended nor expired, and its API key was not revoked. */
  readonly isOpen: boolean;
}

/**
 * Sessions in PostgreSQL, the authority. A transaction locks the session's row before it looks at anything else, so a refresh, a sign-in
 * and a sign-out of one session follow one another.
 */
export function createPostgresSessions({ db, onRevoked }: PostgresSessionsOptions): Sessions {
  const transaction = async <Result>(run: (work: Work) => Promise<Result>): Promise<Result> => {
    const { result, revoked } = await db.transaction().execute(async (tx) => {
      // Made anew when the transaction is repeated.
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
        const { tx } = work;
        const user = await tx
          .selectFrom('users')
          .select('session_version')
          .where('id', '=', session.userId)
          .forShare()
          .executeTakeFirst();
        if (user?.session_version !== session.sessionVersion) return undefined;
        const outcome = guest && (await becomeUser(work, guest, session.userId));
        await insert(tx, session);
        return { guest: outcome };
      }),

    refresh: (token, ttlMs) =>
      transaction(async (work) => {
        const { tx } = work;
        const locked = await lock(tx, token);
        if (!locked?.isOpen) return undefined;
        const { session, current } = locked;
        let email: string | undefined;
        if (session.kind === 'user') {
          const user = await tx
            .selectFrom('users')
            .select(['email', 'session_version'])
            .where('id', '=', session.userId)
            .executeTakeFirst();
          if (user?.session_version !== session.sessionVersion) return undefined;
          ({ email } = user);
        }
        const generation = await rotate(work, locked, token.generation);
        if (generation === undefined) return undefined;
        const expiresAt = Date.now() + ttlMs[session.kind];
        if (generation !== current.generation) {
          await tx
            .updateTable('sessions')
            .set({ generation, previous_generation: token.generation, rotated_at: sql`now()` })
            .set({ expires_at: new Date(expiresAt) })
            .where('id', '=', session.id)
            .execute();
        }
        return { session: { ...session, expiresAt }, email, generation };
      }),

    end: (ended) =>
      transaction(async (work) => {
        const locked = await lock(work.tx, ended);
        if (locked) await endLocked(work, locked);
      }),

    endAll: (userId) =>
      transaction(async ({ tx, revoke }) => {
        const user = await tx
          .updateTable('users')
          .set((eb) => ({ session_version: eb('session_version', '+', 1) }))
          .where('id', '=', userId)
          .returning('session_version')
          .executeTakeFirst();
        if (user) await revoke({ kind: 'user', id: userId, sessionVersion: user.session_version });
      }),

    async changePassword(account, passwordHash, sessionId) {
      /** Rolls back. */
      class NotChanged extends Error {}
      const change = async ({ tx, revoke }: Work) => {
        const version = account.sessionVersion + 1;
        const user = await tx
          .updateTable('users')
          .set({ password_hash: passwordHash, session_version: version })
          .where('id', '=', account.id)
          .where('session_version', '=', account.sessionVersion)
          .executeTakeFirst();
        const session = await tx
          .updateTable('sessions')
          .set({ session_version: version })
          .where('id', '=', sessionId)
          .where('session_version', '=', account.sessionVersion)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        if (user.numUpdatedRows === 0n || session.numUpdatedRows === 0n) throw new NotChanged();
        await revoke({ kind: 'user', id: account.id, sessionVersion: version, keptSession: sessionId });
      };
      try {
        await transaction(change);
        return true;
      } catch (error) {
        if (error instanceof NotChanged) return false;
        throw error;
      }
    },

    async purge() {
      const expired = db
        .selectFrom('sessions')
        .select('id')
        .where('expires_at', '<', sql<Date>`now()`)
        .limit(purgeBatch);
      await db.deleteFrom('sessions').where('id', 'in', expired).execute();
    },
  };
}

/** Makes the guest the user's, in the same transaction as the session that follows. The first user wins. */
async function becomeUser(work: Work, proof: GuestProof, userId: string): Promise<GuestOutcome> {
  const { tx } = work;
  if ('expired' in proof) return { notMigrated: 'expired' };
  const locked = await lock(tx, 'session' in proof ? proof.session : proof.refreshToken);
  if (!locked) return { notMigrated: 'session_ended' };
  const { session } = locked;
  if (session.kind !== 'guest') return undefined;

  const guestId = session.userId;
  const known = await tx
    .selectFrom('guest_migrations')
    .select('user_id')
    .where('guest_id', '=', guestId)
    .executeTakeFirst();
  if (known) return known.user_id === userId ? { guestId } : { notMigrated: 'belongs_to_another_user' };
  if (!locked.isOpen) return { notMigrated: 'session_ended' };
  if ('refreshToken' in proof && (await rotate(work, locked, proof.refreshToken.generation)) === undefined) {
    return { notMigrated: 'session_ended' };
  }
  await tx
    .insertInto('guest_migrations')
    .values({
      guest_id: guestId,
      user_id: userId,
      tokens_expire_at: sql<Date>`now() + make_interval(secs => ${guestTokensSeconds})`,
    })
    .execute();
  await endLocked(work, locked);
  return { guestId };
}

/**
 * Locks a session's row. That of a guest who never refreshed is made first, from the token that carries the session, so that whoever comes
 * later finds what was done.
 */
async function lock(tx: Work['tx'], wanted: Session | PresentedToken): Promise<LockedSession | undefined> {
  const session = 'id' in wanted ? wanted : wanted.guest;
  const id = 'id' in wanted ? wanted.id : wanted.sessionId;
  if (session?.kind === 'guest') await insert(tx, session);
  const row = await tx
    .selectFrom('sessions')
    .selectAll()
    .select([
      sql<boolean>`ended_at is null and expires_at > clock_timestamp()
        and not exists (select from api_keys where api_keys.id = api_key_id and revoked_at is not null)`.as('is_open'),
      sql<number>`extract(epoch from clock_timestamp() - rotated_at)::float8 * 1000`.as('ms_since_rotation'),
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const { generation, previous_generation: previous, ms_since_rotation: msSinceRotation } = row;
  return { session: toSession(row), current: { generation, previous, msSinceRotation }, isOpen: row.is_open };
}

/** The generation of the token that follows; a token that was used up before ends the session. */
async function rotate(work: Work, locked: LockedSession, presented: number): Promise<number | undefined> {
  const generation = nextGeneration(locked.current, presented);
  if (generation === undefined) await endLocked(work, locked);
  return generation;
}

async function endLocked({ tx, revoke }: Work, { session }: LockedSession): Promise<void> {
  const ended = await tx
    .updateTable('sessions')
    .set({ ended_at: sql`now()` })
    .where('id', '=', session.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) return;
  await revoke({ kind: 'session', id: session.id });
}

/** Leaves a row that is there as it is. */
async function insert(tx: Work['tx'], session: Session): Promise<void> {
  await tx
    .insertInto('sessions')
    .values({
      id: session.id,
      user_id: session.userId,
      kind: session.kind,
      session_version: session.sessionVersion,
      scopes: [...session.scopes],
      api_key_id: session.apiKeyId ?? null,
      started_at: new Date(session.startedAt),
      rotated_at: new Date(session.startedAt),
      expires_at: new Date(session.expiresAt),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const toSession = (row: Selectable<GatewayTables['sessions']>): Session => ({
  id: row.id,
  userId: row.user_id,
  kind: row.kind,
  scopes: row.scopes,
  apiKeyId: row.api_key_id ?? undefined,
  sessionVersion: row.session_version,
  startedAt: row.started_at.getTime(),
  expiresAt: row.expires_at.getTime(),
});
