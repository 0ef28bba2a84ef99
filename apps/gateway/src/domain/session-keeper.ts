import type { Account, Accounts, SubjectRevocation } from './account';
import type { HandOver } from './hand-over';
import { InvalidRefreshTokenError } from './identity-errors';
import { hashOf, type RefreshToken, type RefreshTokens } from './refresh-token';
import type { AnnounceRevocation, Revocation, RevocationLog } from './revocation-log';
import { newSessionId, type Session, type Sessions } from './session';

export interface SessionKeeperParts {
  readonly sessions: Sessions;
  readonly refreshTokens: RefreshTokens;
  readonly revocations: RevocationLog;
  readonly announce: AnnounceRevocation;
  readonly accounts: Accounts;
  readonly handOver: HandOver;
  readonly report: (error: unknown) => void;
}

export interface OpenSession {
  readonly session: Session;
  readonly refreshToken: string;
}

export type NewSession = Pick<Session, 'userId' | 'kind' | 'email' | 'scopes' | 'apiKeyId' | 'ttlMs'>;

/** The guest who signs in. */
export interface LeavingGuest {
  readonly id: string;
  readonly sessionId: string;
  readonly sessionStartedAt: number;
  readonly apiKeyId?: string;
}

/** Begins, renews and ends sessions. What ends is written to PostgreSQL first, so that it stays ended whatever becomes of Redis. */
export function createSessionKeeper(parts: SessionKeeperParts) {
  const { sessions, refreshTokens, revocations, announce, accounts, handOver, report } = parts;

  const revoke = async (revocation: Revocation) => {
    await revocations.add(revocation);
    await announce(revocation);
  };

  const begin = async (wanted: NewSession, guestId?: string): Promise<OpenSession> => {
    const session: Session = { ...wanted, id: newSessionId(), startedAt: Date.now() };
    const token = refreshTokens.first(session.id);
    await sessions.begin(session, hashOf(token), guestId);
    return { session, refreshToken: token.text };
  };

  /** A guest whose session was ended may still be handed over, if it was ended by this very sign-in, tried before. */
  const mayHandOver = async (guest: LeavingGuest, userId: string): Promise<boolean> =>
    !(await revocations.isRevoked({
      ...guest,
      id: guest.sessionId,
      userId: guest.id,
      startedAt: guest.sessionStartedAt,
    })) || revocations.endedBySigningIn(guest.sessionId, userId);

  return {
    begin,

    /**
     * Begins a user's session. The guest's own session ends, and what the guest has goes to the user; what of it has to wait, or
     * arrives within the second until every service knows, follows with the session's next refresh.
     */
    async signIn(wanted: NewSession, guest: LeavingGuest | undefined): Promise<OpenSession> {
      if (!guest || !(await mayHandOver(guest, wanted.userId))) return begin(wanted);
      const open = await begin(wanted, guest.id);
      await revoke({ kind: 'session', id: guest.sessionId, signedInAs: wanted.userId }).catch(report);
      await sessions.end(guest.sessionId).catch(report);
      await handOver(guest.id, wanted.userId);
      return open;
    },

    /** Rejects with `InvalidRefreshTokenError`; a token that was used up before ends its session. */
    async refresh(text: string): Promise<OpenSession> {
      const token = refreshTokens.parse(text);
      const stored = token && (await sessions.find(token.sessionId));
      if (!token || !stored) throw new InvalidRefreshTokenError();
      const { session, guestId } = stored;
      if (await revocations.isRevoked(session)) {
        await sessions.end(session.id);
        throw new InvalidRefreshTokenError();
      }
      const refreshToken = await rotate(token, session);
      if (guestId && (await handOver(guestId, session.userId))) {
        await sessions.handedOver(session.id, guestId).catch(report);
      }
      return { session, refreshToken };
    },

    async end(sessionId: string): Promise<void> {
      await revocations.add({ kind: 'session', id: sessionId });
      await Promise.all([sessions.end(sessionId), announce({ kind: 'session', id: sessionId })]);
    },

    /** Ends every session of a user that has begun by now. */
    endAll: (userId: string): Promise<void> => revoke(allOf(userId)),

    /** Changes the password and ends the user's other sessions. */
    async changePassword(account: Account, passwordHash: string, sessionId: string): Promise<void> {
      const others = { ...allOf(account.id), exceptSession: sessionId };
      await accounts.setPassword(account.id, passwordHash, others);
      await announce(others);
    },
  };

  async function rotate(token: RefreshToken, session: Session): Promise<string> {
    const successor = refreshTokens.successor(token);
    const rotation = await sessions.rotate(session.id, hashOf(token), hashOf(successor), session.ttlMs);
    if (rotation.outcome === 'rotated') {
      const known = refreshTokens.knownSuccessor(token, rotation.currentHash);
      if (known) return known.text;
    }
    if (rotation.outcome === 'reused') await revoke({ kind: 'session', id: session.id });
    throw new InvalidRefreshTokenError();
  }
}

export type SessionKeeper = ReturnType<typeof createSessionKeeper>;

const allOf = (userId: string): SubjectRevocation => ({ kind: 'subject', id: userId, startedBefore: Date.now() + 1 });
