import type { RedisFinding } from './connection/inspect-redis';
import type { RedisConnection } from './connection/redis-connection';
import { RedisUnavailableError, withoutCommand } from './redis-errors';

/**
 * `ready`: every primary is connected. `closed`: a primary is not connected any more; unless the client was closed, `connecting`
 * follows. `failover`: another server is the primary now. `inspected`: the list of what is wrong with how the servers are set up
 * has changed; the list is empty at first. No event holds keys, values or passwords.
 */
export type RedisEvent =
  | { readonly state: 'connecting' | 'ready' | 'closed' | 'failover' }
  | { readonly state: 'error'; readonly error: Error }
  | { readonly state: 'inspected'; readonly findings: readonly RedisFinding[] };

export class RedisStatus {
  isReady = false;
  isClosed = false;
  findings: readonly RedisFinding[] = [];
  /** The last error of a connection; undefined once Redis is ready. */
  private lastError: Error | undefined;
  private readonly reported = new Set<string>();

  constructor(private readonly onEvent: (event: RedisEvent) => void) {
    this.report({ state: 'connecting' });
  }

  /** Reports what has changed since the last update; Redis is ready when all primaries are, unless the client was closed. */
  update(primaries: readonly Pick<RedisStatus, 'isReady' | 'findings'>[]): void {
    const found = primaries.flatMap(({ findings }) => findings);
    const toText = (findings: readonly RedisFinding[]) => findings.map(({ message }) => message).join('\n');
    if (toText(found) !== toText(this.findings)) {
      this.findings = found;
      this.report({ state: 'inspected', findings: found });
    }
    this.setReady(!this.isClosed && primaries.length > 0 && primaries.every(({ isReady }) => isReady));
  }

  /** Reports that another server is the primary now. */
  failover(): void {
    this.report({ state: 'failover' });
  }

  /** Reports an error once until the next `ready`: attempts to connect fail several times a second. */
  error(thrown: unknown): void {
    const error = withoutCommand(thrown as Error);
    this.lastError = error;
    if (this.isClosed || this.reported.has(error.message)) return;
    this.reported.add(error.message);
    this.report({ state: 'error', error });
  }

  /** The error for a call that needs a connection which is not ready. */
  unavailable(
    connection?: Pick<RedisConnection, 'refusal'>,
    message = 'Redis is not connected',
  ): RedisUnavailableError {
    const refusal = connection?.refusal;
    if (refusal) return new RedisUnavailableError(refusal.message, false);
    const cause = this.lastError;
    return new RedisUnavailableError(cause ? `${message}: ${toReason(cause)}` : message, false, { cause });
  }

  /** Redis is not ready from now on, and errors of connections are not reported. */
  close(): void {
    this.isClosed = true;
    this.setReady(false);
  }

  private setReady(isReady: boolean): void {
    if (isReady === this.isReady) return;
    this.isReady = isReady;
    this.report({ state: isReady ? 'ready' : 'closed' });
    if (!isReady && !this.isClosed) this.report({ state: 'connecting' });
    if (!isReady) return;
    this.lastError = undefined;
    this.reported.clear();
  }

  private report(event: RedisEvent): void {
    try {
      this.onEvent(event);
    } catch {
      // A log that fails must not cost the connection.
    }
  }
}

/** Node.js reports that a host refuses connections on all its addresses by an error without a message. */
const toReason = (error: Error): string => error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
