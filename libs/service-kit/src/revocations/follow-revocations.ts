import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { CallService } from '../http/service-client';
import { createInterval } from '../interval';
import {
  createRevocationList,
  type RevocationList,
  type RevocationListOptions,
  type TokenHolder,
} from './revocation-list';
import { parsePage, type RevocationPage } from './revocation-page';

/** Which access tokens are revoked although they have not expired. */
export interface Revocations {
  /** Responds from memory, because every request needs it. */
  isRevoked(holder: TokenHolder): boolean;
  /** Whether recently revoked sessions may still pass. */
  isStale(): boolean;
}

export interface FollowOptions extends Omit<RevocationListOptions, 'now'> {
  /** Reads a page from PostgreSQL, directly or through the gateway; the first page if `cursor` is undefined. */
  readonly read: (cursor: string | undefined) => Promise<RevocationPage>;
  /** Called with an error when the revocations become stale, and without one when they are fresh again. */
  readonly report: (error?: unknown) => void;
  /** Default 400. */
  readonly pollMs?: number;
  /** Default 5000. */
  readonly staleAfterMs?: number;
}

export interface RevocationFollower extends Revocations {
  /** Adds a revocation of this process before the next poll reads it. */
  refuse: RevocationList['add'];
  /** A health check: rejects while the revocations are stale. */
  check(): Promise<void>;
  close(): void;
}

/** Polls recent revocations. When polls fail, the follower becomes stale, and it recovers with the next successful poll. */
export function followRevocations(options: FollowOptions): RevocationFollower {
  const { read, report, pollMs = 400, staleAfterMs = 5000 } = options;
  const list = createRevocationList({ ...options, now: () => performance.now() });
  const startedAt = performance.now();
  let completeAt = -Infinity;
  let cursor: string | undefined;
  let isReported = false;
  let isClosed = false;

  const readAll = async () => {
    // The time before the read, on this machine's clock: every revocation that was committed earlier is read.
    const startOfRead = performance.now();
    let page = await read(cursor);
    list.addPage(page);
    const { nextPoll } = page;
    while (page.nextPage !== undefined) {
      page = await read(page.nextPage);
      list.addPage(page);
    }
    cursor = nextPoll;
    completeAt = startOfRead;
  };
  const polls = createInterval(async () => {
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
  });

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
      void polls.stop();
    },
  };
}

export const revocationsPath = '/internal/revocations';

const deadlineMs = 1000;

export function followRemoteRevocations(
  callGateway: CallService,
  log: Pick<Logger, 'warn' | 'info'>,
): RevocationFollower {
  return followRevocations({
    read: (cursor) =>
      callGateway({
        method: 'GET',
        path: cursor === undefined ? revocationsPath : `${revocationsPath}?after=${cursor}`,
        deadlineMs,
        read({ status, body }) {
          if (status !== 200) throw new Error(`The gateway responded with status ${status}`);
          return parsePage(body);
        },
      }),
    report: reportStaleness(log),
  });
}

export const reportStaleness = (log: Pick<Logger, 'warn' | 'info'>) => (err?: unknown) =>
  err === undefined ? log.info('revocations are fresh again') : log.warn({ err }, 'revocations are stale');
