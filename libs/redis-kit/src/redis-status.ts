import type { RedisFinding } from './connection/inspect-redis';
import { withoutCommand } from './redis-errors';

/**
 * `ready`: every primary is connected. `closed`: a primary is not connected any more; unless the client was closed, `connecting`
 * follows. `failover`: another server is the primary now. `inspected`: the list of what is wrong with how the servers are set up
 * has changed; it is empty at first. No event holds keys, values or passwords.
 */
export type RedisEvent =
  | { readonly state: 'connecting' | 'ready' | 'closed' | 'failover' }
  | { readonly state: 'error'; readonly error: Error }
  | { readonly state: 'inspected'; readonly findings: readonly RedisFinding[] };

export interface RedisStatus {
  readonly isReady: boolean;
  readonly isClosed: boolean;
  readonly findings: readonly RedisFinding[];
  /** Reports what has changed since the last update; Redis is ready when all primaries are, unless it was closed. */
  update(primaries: readonly Pick<RedisStatus, 'isReady' | 'findings'>[]): void;
  failover(): void;
  /** Reports an error once until the next `ready`: attempts to connect fail several times a second. */
  error(error: unknown): void;
  close(): void;
  /** Calls back once, at the next `ready`; returns how to cancel that. */
  onceReady(callback: () => void): () => void;
}

export function createRedisStatus(onEvent: (event: RedisEvent) => void): RedisStatus {
  const waiting = new Set<() => void>();
  const reported = new Set<string>();
  let findings: readonly RedisFinding[] = [];
  let isReady = false;
  let isClosed = false;
  const report = (event: RedisEvent) => {
    try {
      onEvent(event);
    } catch {
      // A log that fails must not cost the connection.
    }
  };
  const setReady = (ready: boolean) => {
    if (ready === isReady) return;
    isReady = ready;
    report({ state: ready ? 'ready' : 'closed' });
    if (!ready && !isClosed) report({ state: 'connecting' });
    if (!ready) return;
    reported.clear();
    for (const callback of waiting) callback();
    waiting.clear();
  };
  report({ state: 'connecting' });

  return {
    get isReady() {
      return isReady;
    },
    get isClosed() {
      return isClosed;
    },
    get findings() {
      return findings;
    },
    update(primaries) {
      const found = primaries.flatMap((primary) => primary.findings);
      const toText = (list: readonly RedisFinding[]) => list.map(({ message }) => message).join('\n');
      if (toText(found) !== toText(findings)) report({ state: 'inspected', findings: (findings = found) });
      setReady(!isClosed && primaries.length > 0 && primaries.every((primary) => primary.isReady));
    },
    failover: () => report({ state: 'failover' }),
    error(thrown) {
      const error = withoutCommand(thrown as Error);
      if (isClosed || reported.has(error.message)) return;
      reported.add(error.message);
      report({ state: 'error', error });
    },
    close: () => void (isClosed = true),
    onceReady(callback) {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
  };
}
