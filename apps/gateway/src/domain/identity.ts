import { newGuestId, type Account, type Accounts } from './account';
import type { Carts, ClampedLine, GuestMigrations, MigrateGuest } from './guest-migration';
import { InvalidRefreshTokenError, WrongCredentialsError } from './identity-errors';
import type { RefreshTokens } from './refresh-token';
import { newSessionId, type GuestProof, type NotMigratedReason, type Session, type Sessions } from './session';

export interface IdentityParts {
  readonly sessions: Sessions;
  readonly refreshTokens: RefreshTokens;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly carts: Pick<Carts, 'get'>;
  readonly guests: Pick<MigrateGuest, 'migrate' | 'migrateOpen'>;
  readonly migrations: Pick<GuestMigrations, 'takeClamped'>;
  /** How long a session lives on without a refresh. */
  readonly ttlMs: Readonly<Record<Session['kind'], number>>;
  readonly report: (error: unknown) => void;
}

/** What a session may do. */
export type Rights = Pick<Session, 'scopes' | 'apiKeyId'>;

export interface OpenSession {
  readonly session: Session;
  readonly refreshToken: string;
  readonly email?: string;
  /** A guest's session that was never refreshed. */
  readonly isNewGuest?: boolean;
  /** Where the request came from a guest, or from one who could not prove it any more. */
  readonly guest?: { readonly migrated: true } | { readonly migrated: false; readonly reason: NotMigratedReason };
  /** Lines of a guest's cart that did not fit into the user's, as far as the user was not shown them yet. */
  readonly clampedLines?: readonly ClampedLine[];
}

const maxSignInTries = 3;

/** Begins, refreshes and ends sessions. */
export function createIdentity(parts: IdentityParts) {
  const { sessions, refreshTokens, accounts, carts, guests, migrations, ttlMs, report } = parts;

  const newSession = (userId: string, kind: Session['kind'], rights: Rights, sessionVersion = 0): Session => {
    const startedAt = Date.now();
    return {
      ...rights,
      id: newSessionId(),
      userId,
      kind,
      sessionVersion,
      startedAt,
      expiresAt: startedAt + ttlMs[kind],
    };
  };

  /** The clamped lines are a notice: a session does not fail for them, and they are shown the next time. */
  const readClampedLines = (userId: string) =>
    migrations.takeClamped(userId).catch((error: unknown) => {
      report(error);
      return [];
    });

  /** A token that is sent many times at once takes one connection of the pool. */
  const refreshing = new Map<string, Promise<OpenSession>>();
  const refreshSession = async (text: string): Promise<OpenSession> => {
    const token = refreshTokens.parse(text);
    const refreshed = token && (await sessions.refresh(token, ttlMs));
    if (!refreshed) throw new InvalidRefreshTokenError();
    const { session, email, generation } = refreshed;
    const open = { session, email, refreshToken: refreshTokens.make(session.id, generation) };
    if (session.kind === 'guest') {
      // The cart of a guest who never refreshed lives one day. Reading it gives it the life of any other.
      if (token.guest) await carts.get(session.userId).catch(report);
      return open;
    }
    await guests.migrateOpen(session.userId).catch(report);
    return { ...open, clampedLines: await readClampedLines(session.userId) };
  };

  return {
    /** Needs no database: the refresh token itself is the record of the session until it is refreshed. */
    beginGuest(rights: Rights): OpenSession {
      const session = newSession(newGuestId(), 'guest', rights);
      return { session, refreshToken: refreshTokens.makeForGuest(session), isNewGuest: true };
    },

    /**
     * Begins a session of an account whose password was verified. A guest who is proven becomes the user: the first round of the
     * migration has been done when this resolves, so the guest's cart and idempotency keys are the user's. Rejects with
     * `WrongCredentialsError` when the password was changed since it was verified, and with `RedisUnavailableError` while a
     * guest's cart can't be merged; the same request may be sent again.
     */
    async signIn(verified: Account, rights: Rights, proof: GuestProof | undefined): Promise<OpenSession> {
      const { id, email, passwordHash } = verified;
      let account: Account | undefined = verified;
      for (let tries = 0; tries < maxSignInTries && account?.passwordHash === passwordHash; tries += 1) {
        const session = newSession(id, 'user', rights, account.sessionVersion);
        const begun = await sessions.signIn(session, proof);
        if (begun) {
          const { guest } = begun;
          const guestId = guest && 'guestId' in guest ? guest.guestId : undefined;
          if (guestId !== undefined) await guests.migrate({ guestId, userId: id, tokensExpired: false });
          else await guests.migrateOpen(id).catch(report);
          return {
            session,
            email,
            refreshToken: refreshTokens.make(session.id, 1),
            ...(guest && {
              guest: 'guestId' in guest ? { migrated: true } : { migrated: false, reason: guest.notMigrated },
            }),
            clampedLines: await readClampedLines(id),
          };
        }
        account = await accounts.find(id);
      }
      throw new WrongCredentialsError();
    },

    /** Rejects with `InvalidRefreshTokenError`; a token that was used up before ends its session. */
    refresh(text: string): Promise<OpenSession> {
      const known = refreshing.get(text);
      if (known) return known;
      const refreshed = refreshSession(text).finally(() => refreshing.delete(text));
      refreshing.set(text, refreshed);
      return refreshed;
    },

    /** Ends a session by what proves it: a userToken's session, or the text of a refresh token. `false`: it proves none. */
    async end(proof: Session | string): Promise<boolean> {
      const ended = typeof proof === 'string' ? refreshTokens.parse(proof) : proof;
      if (!ended) return false;
      await sessions.end(ended);
      return true;
    },

    endAll: (userId: string): Promise<void> => sessions.endAll(userId),

    /** Changes the password that was verified and ends the user's other sessions; else `WrongCredentialsError`. */
    async changePassword(verified: Account, passwordHash: string, sessionId: string): Promise<void> {
      if (!(await sessions.changePassword(verified, passwordHash, sessionId))) throw new WrongCredentialsError();
    },
  };
}

export type Identity = ReturnType<typeof createIdentity>;
