import { Pool, type Dispatcher } from 'undici';
import type { Address } from './addresses';
import { createConnector } from './connect';
import type { Exchange, Observer, UpstreamAddress } from './exchange';
import { createOutlierDetection, type OutlierOptions } from './outlier-detection';

const maxConnections = 512;
/**
 * A connection that was idle for longer is not used again. A service that drains serves its connections for a while longer than that,
 * so that no request is sent on one that is just being closed.
 */
const idleMs = 500;
const drainMs = 2000;

export interface ConnectionOptions {
  readonly connectMs?: number;
  readonly maxConnectionAgeMs?: number;
  readonly outliers?: OutlierOptions;
}

/** An address with the connections to it, and what is known of its health. */
export class ConnectedAddress implements UpstreamAddress, Observer {
  readonly outlier;
  private readonly pool: Pool;
  private drainsUntil = 0;

  constructor(address: Address, options: ConnectionOptions) {
    const { connectMs = 1000, maxConnectionAgeMs = 30_000, outliers } = options;
    this.outlier = createOutlierDetection(outliers);
    this.pool = new Pool(`http://${address.authority}`, {
      connect: createConnector(address, connectMs),
      connections: maxConnections,
      clientTtl: maxConnectionAgeMs,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      // Whoever sends has a deadline for the whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  send(exchange: Exchange): void {
    const { method, path, headers, body } = exchange.request;
    exchange.observer = this;
    // `reset: false` keeps the connection after HEAD as well, which undici closes otherwise.
    this.pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body, reset: false }, exchange);
  }

  isDraining(now: number): boolean {
    return this.drainsUntil > now;
  }

  onResponded(keepsConnection: boolean): void {
    this.outlier.succeeded();
    this.drainsUntil = keepsConnection ? 0 : performance.now() + drainMs;
  }

  onFailed(): void {
    this.outlier.failed();
  }

  /** Ends when the requests in flight have ended. */
  drain(): void {
    void this.pool.close();
  }

  destroy(): void {
    void this.pool.destroy();
  }
}
