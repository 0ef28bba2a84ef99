import type { Revocation } from './revocation';

/** Of whom a revocation is asked about; what a userToken tells. */
export interface Holder {
  readonly id: string;
  readonly sessionId: string;
  /** In ms since the epoch. */
  readonly sessionStartedAt: number;
  readonly apiKeyId?: string;
}

type SubjectRevocation = Pick<Extract<Revocation, { kind: 'subject' }>, 'startedBefore' | 'exceptSession'>;

interface Remembered {
  readonly expiresAt: number;
  /** Of a subject alone; none or two at most matter, see `strongest`. */
  readonly ends: readonly SubjectRevocation[];
}

export interface RevocationMemory {
  /** Whether it is remembered now: `false` where the memory is full. */
  add(revocation: Revocation): boolean;
  isRevoked(holder: Holder): boolean;
  /** Drops those that nobody can hold a token against any more. */
  dropExpired(): void;
}

/** Remembers each revocation for `lifeMs` from the last time that it was added; `now` is a clock in ms that never goes back. */
export function createRevocationMemory(lifeMs: number, most: number, now: () => number): RevocationMemory {
  const kinds: Record<Revocation['kind'], Map<string, Remembered>> = {
    session: new Map(),
    subject: new Map(),
    'api-key': new Map(),
  };
  const size = () => kinds.session.size + kinds.subject.size + kinds['api-key'].size;

  return {
    add(revocation) {
      const known = kinds[revocation.kind];
      const before = known.get(revocation.id);
      if (!before && size() >= most) return false;
      const ends = revocation.kind === 'subject' ? strongest([...(before?.ends ?? []), revocation]) : [];
      // Taken out first, so that a Map's order is the order in which its entries expire.
      known.delete(revocation.id);
      known.set(revocation.id, { expiresAt: now() + lifeMs, ends });
      return true;
    },
    isRevoked({ id, sessionId, sessionStartedAt, apiKeyId }) {
      if (kinds.session.has(sessionId)) return true;
      if (apiKeyId !== undefined && kinds['api-key'].has(apiKeyId)) return true;
      const ends = kinds.subject.get(id)?.ends ?? [];
      return ends.some(
        ({ startedBefore, exceptSession }) => sessionStartedAt < startedBefore && sessionId !== exceptSession,
      );
    },
    dropExpired() {
      for (const known of Object.values(kinds)) {
        for (const [id, { expiresAt }] of known) {
          if (expiresAt > now()) break;
          known.delete(id);
        }
      }
    },
  };
}

/**
 * Of many revocations of one subject two say all: the one that reaches furthest, and the one that reaches furthest among those
 * that spare another session. Whom a third one refuses, one of these refuses too.
 */
function strongest(revocations: readonly SubjectRevocation[]): SubjectRevocation[] {
  const [first, ...others] = [...revocations].sort((a, b) => b.startedBefore - a.startedBefore);
  if (!first || first.exceptSession === undefined) return first ? [first] : [];
  const second = others.find(({ exceptSession }) => exceptSession !== first.exceptSession);
  return (second ? [first, second] : [first]).map(({ startedBefore, exceptSession }) => ({
    startedBefore,
    exceptSession,
  }));
}
