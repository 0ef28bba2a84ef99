import { performance } from 'node:perf_hooks';
import type { Revocations } from '../auth/revocations';
import { repeat } from '../repeat';
import { createRevocationList, type RevocationListOptions } from './revocation-list';
import type { Revocation, RevocationPage } from './revocation-page';

export interface FollowOptions extends Omit<RevocationListOptions, 'now'> {
  /** Reads PostgreSQL, itself or through the gateway, during the call; from the start where there is no cursor. */
  readonly read: (cursor: string | undefined) => Promise<RevocationPage>;
  /** Called with an error when the revocations have become stale, and without one when they are fresh again. */
  readonly report: (error?: unknown) => void;
  /** From the end of a poll to the next one, which begins up to a fifth earlier; default 400. */
  readonly pollMs?: number;
  /** Default 5000. */
  readonly staleAfterMs?: number;
}

export interface RevocationFollower extends Revocations {
  /** Refuses at once what this process has revoked itself, ahead of the next poll. */
  refuse(revocation: Revocation): void;
  /** For a report on the service's health: rejects while the revocations are stale. */
  check(): Promise<void>;
  close(): void;
}

/** Polls for the revocations of the last minutes, so that no request has to ask. It never fails: it becomes stale and recovers. */
export function followRevocations(options: FollowOptions): RevocationFollower {
  const { read, report, pollMs = 400, staleAfterMs = 5000 } = options;
  const list = createRevocationList({ ...options, now: () => performance.now() });
  const startedAt = performance.now();
  let completeAt = -Infinity;
  let cursor: string | undefined;
  let isReported = false;
  let isClosed = false;

  const readAll = async () => {
    // PostgreSQL is read after this, so that all that was committed before it is read. No clock of another machine is compared.
    const askedAt = performance.now();
    let page = await read(cursor);
    list.addPage(page);
    const { nextPoll } = page;
    while (page.nextPage !== undefined) {
      page = await read(page.nextPage);
      list.addPage(page);
    }
    cursor = nextPoll;
    completeAt = askedAt;
  };
  const poll = async () => {
    try {
      await readAll();
      if (isReported && !isClosed) report();
      isReported = false;
    } catch (error) {
      const isLate = performance.now() - Math.max(completeAt, startedAt) > staleAfterMs;
      if (isLate && !isReported && !isClosed) report(error);
      isReported ||= isLate;
    }
    return pollMs;
  };
  const polls = repeat(poll);
  polls.runNow();

  const isStale = () => performance.now() - completeAt > staleAfterMs;
  return {
    isRevoked: list.isRevoked,
    isStale,
    refuse: list.add,
    async check() {
      if (isStale()) throw new Error('The revocations are stale');
    },
    close() {
      isClosed = true;
      // A poll in flight may end after this: what it adds is asked for by no request.
      void polls.stop();
    },
  };
}
