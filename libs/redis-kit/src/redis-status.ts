import { withoutCommand } from './redis-errors';
import type { RedisFinding } from './redis-findings';

/**
 * `ready`: every primary is connected. `closed`: one is not any more, and is being connected again (`connecting`), unless
 * the client was closed. `failover`: another server is the primary now. `inspected`: what is wrong with how the servers are set up
 * is not what it was, none at first. Nothing of it holds keys, values or passwords.
 */
export type RedisEvent =
  | { readonly state: 'connecting' | 'ready' | 'closed' | 'failover' }
  | { readonly state: 'error'; readonly error: Error }
  | { readonly state: 'inspected'; readonly findings: readonly RedisFinding[] };

export interface RedisStatus {
  readonly isReady: boolean;
  readonly isClosed: boolean;
  readonly findings: readonly RedisFinding[];
  /** Tells of a change alone. */
  setFindings(findings: readonly RedisFinding[]): void;
  /** Tells of a change alone. */
  setReady(ready: boolean): void;
  failover(): void;
  /** Tells an error once until the next `ready`: attempts to connect fail several times a second. */
  error(error: unknown): void;
  close(): void;
  /** Calls back once, at the next `ready`; returns how to give that up. */
  onceReady(callback: () => void): () => void;
}

export function createRedisStatus(onEvent: (event: RedisEvent) => void): RedisStatus {
  const waiting = new Set<() => void>();
  const told = new Set<string>();
  let findings: readonly RedisFinding[] = [];
  let isReady = false;
  let isClosed = false;
  const tell = (event: RedisEvent) => {
    try {
      onEvent(event);
    } catch {
      // A log that fails must not cost the connection.
    }
  };
  tell({ state: 'connecting' });

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
    setFindings(found) {
      const messages = (list: readonly RedisFinding[]) => list.map(({ message }) => message).join('\n');
      if (messages(found) === messages(findings)) return;
      findings = found;
      tell({ state: 'inspected', findings });
    },
    setReady(ready) {
      if (ready === isReady) return;
      isReady = ready;
      if (!ready) {
        tell({ state: 'closed' });
        if (!isClosed) tell({ state: 'connecting' });
        return;
      }
      told.clear();
      tell({ state: 'ready' });
      for (const callback of waiting) callback();
      waiting.clear();
    },
    failover: () => tell({ state: 'failover' }),
    error(thrown) {
      const error = withoutCommand(thrown as Error);
      if (isClosed || told.has(error.message)) return;
      told.add(error.message);
      tell({ state: 'error', error });
    },
    close: () => void (isClosed = true),
    onceReady(callback) {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
  };
}
