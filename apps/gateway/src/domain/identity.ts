import type { Carts, ClampedLine } from '@badger-store/cart-cache';
import { newGuestId, type Account, type Accounts } from './account';
import type { DeleteCarts } from './cart-deletion';
import type { MigrateGuest } from './guest-migration';
import { InvalidRefreshTokenError, WrongCredentialsError } from './identity-errors';
import type { RefreshTokens } from './refresh-token';
import { newSessionId, type GuestProof, type NotMigratedReason, type Session, type Sessions } from './session';

export interface IdentityParts {
  readonly sessions: Sessions;
  readonly refreshTokens: RefreshTokens;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly carts: Pick<Carts, 'get'>;
  readonly guests: Pick<MigrateGuest, 'migrate' | 'migrateOpen' | 'takeClamped'>;
  readonly cartDeletions: Pick<DeleteCarts, 'deleteNow'>;
  /** How long a session lives without a refresh. */
  readonly ttlMs: Readonly<Record<Session['kind'], number>>;
  readonly report: (error: unknown) => void;
}

export type Rights = Pick<Session, 'scopes' | 'apiKeyId'>;

export interface OpenSession {
  readonly session: Session;
  readonly refreshToken: string;
  readonly email?: string;
  /** A guest's session that was never refreshed. */
  readonly isNewGuest?: boolean;
  /** If the request named a guest. */
  readonly guest?: { readonly migrated: true } | { readonly migrated: false; readonly reason: NotMigratedReason };
  /** Lines of a guest's cart that exceeded the limits of the user's cart, and were not reported yet. */
  readonly clampedLines?: readonly ClampedLine[];
}

const maxSignInAttempts = 3;

export function createIdentity(parts: IdentityParts) {
  const { sessions, refreshTokens, accounts, carts, guests, cartDeletions, ttlMs, report } = parts;

  const newSession = (userId: string, kind: Session['kind'], rights: Rights, sessionVersion = 0): Session => {
    const startedAt = Date.now();
    const expiresAt = startedAt + ttlMs[kind];
    return { ...rights, id: newSessionId(), userId, kind, sessionVersion, startedAt, expiresAt };
  };

  /** Concurrent refreshes with one token share one connection of the pool. */
  const refreshing = new Map<string, Promise<OpenSession>>();
  const refreshSession = async (text: string): Promise<OpenSession> => {
    const token = refreshTokens.parse(text);
    const refreshed = token && (await sessions.refresh(token, ttlMs));
    if (!refreshed) throw new InvalidRefreshTokenError();
    const { session, email, generation } = refreshed;
    const open = { session, email, refreshToken: refreshTokens.issue(session.id, generation) };
    if (session.kind === 'guest') {
      // Until the first refresh a guest's cart expires after a day; this read extends it.
      if (token.guest) await carts.get(session.userId).catch(report);
      return open;
    }
    await guests.migrateOpen(session.userId);
    return { ...open, clampedLines: await guests.takeClamped(session.userId) };
  };

  /** Begins again if the session version was raised since the password was verified, as long as the password is the same. */
  const beginSession = async (verified: Account, rights: Rights, proof: GuestProof | undefined) => {
    let account: Account | undefined = verified;
    for (let attempt = 0; attempt < maxSignInAttempts; attempt += 1) {
      if (account?.passwordHash !== verified.passwordHash) break;
      const session = newSession(verified.id, 'user', rights, account.sessionVersion);
      const signedIn = await sessions.signIn(session, proof);
      if (signedIn) return { session, guest: signedIn.guest };
      account = await accounts.find(verified.id);
    }
    throw new WrongCredentialsError();
  };

  return {
    /** Needs no database: until the first refresh, the refresh token is the only record of the session. */
    beginGuest(rights: Rights): OpenSession {
      const session = newSession(newGuestId(), 'guest', rights);
      return { session, refreshToken: refreshTokens.issueForGuest(session), isNewGuest: true };
    },

    /**
     * Begins a session of an account whose password was verified. Migrates the guest first, so the user's cart has the guest's lines
     * when this resolves. Rejects with `WrongCredentialsError` if the password was changed meanwhile, and with `RedisUnavailableError`
     * if the guest's cart can't be merged; the same request may then be sent again.
     */
    async signIn(verified: Account, rights: Rights, proof: GuestProof | undefined): Promise<OpenSession> {
      const { session, guest } = await beginSession(verified, rights, proof);
      const { userId } = session;
      const isMigrated = guest !== undefined && 'guestId' in guest;
      if (isMigrated) await guests.migrate({ guestId: guest.guestId, userId, tokensExpired: false });
      else await guests.migrateOpen(userId);
      return {
        session,
        email: verified.email,
        refreshToken: refreshTokens.issue(session.id, 1),
        guest: isMigrated ? { migrated: true } : guest && { migrated: false, reason: guest.notMigrated },
        clampedLines: await guests.takeClamped(userId),
      };
    },

    /** Rejects with `InvalidRefreshTokenError`; a reused token ends its session. */
    refresh(text: string): Promise<OpenSession> {
      const known = refreshing.get(text);
      if (known) return known;
      const refreshed = refreshSession(text).finally(() => refreshing.delete(text));
      refreshing.set(text, refreshed);
      return refreshed;
    },

    /** Ends the session of an access token or a refresh token; resolves to `false` if the refresh token is invalid. */
    async end(proof: Session | string): Promise<boolean> {
      const session = typeof proof === 'string' ? refreshTokens.parse(proof) : proof;
      if (session) await sessions.end(session);
      return session !== undefined;
    },

    endAll: (userId: string): Promise<void> => sessions.endAll(userId),

    /** Ends the user's other sessions. Rejects with `WrongCredentialsError` if the password or the session changed meanwhile. */
    async changePassword(verified: Account, passwordHash: string, sessionId: string): Promise<void> {
      if (!(await sessions.changePassword(verified, passwordHash, sessionId))) throw new WrongCredentialsError();
    },

    /**
     * Deletes the account, its sessions and its cart; succeeds without Redis, too. Rejects with `WrongCredentialsError` if the password
     * or the session changed meanwhile.
     */
    async deleteAccount(verified: Account, sessionId: string): Promise<void> {
      const cartIds = await sessions.deleteAccount(verified, sessionId);
      if (!cartIds) throw new WrongCredentialsError();
      await cartDeletions.deleteNow(cartIds);
    },
  };
}

export type Identity = ReturnType<typeof createIdentity>;
