import { connect, type Socket } from 'node:net';
import { Pool, type buildConnector, type Dispatcher } from 'undici';
import type { Address } from './addresses';
import { ConnectError, type Exchange, type Observer, type UpstreamAddress } from './exchange';
import { createOutlierDetection, type OutlierOptions } from './outlier-detection';

const maxConnections = 512;
/** Shorter than the drain grace of a service, so that no request is sent on a connection that the service is closing. */
const maxIdleMs = 500;
const drainMs = 2000;

export interface ConnectionOptions {
  readonly connectMs?: number;
  readonly maxConnectionAgeMs?: number;
  readonly outliers?: OutlierOptions;
}

/** An address with its connections and its health. */
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
      keepAliveTimeout: maxIdleMs,
      keepAliveMaxTimeout: maxIdleMs,
      // The sender has a deadline for the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  send(exchange: Exchange): void {
    const { method, path, headers, body } = exchange.request;
    exchange.observer = this;
    // Without `reset: false` undici closes the connection after HEAD.
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

  /** Closes after the requests in flight. */
  drain(): void {
    void this.pool.close();
  }

  destroy(): void {
    void this.pool.destroy();
  }
}

/** undici's own connector can exceed its time-out by a second. */
const createConnector =
  (address: Address, timeoutMs: number): buildConnector.connector =>
  (_options, callback) => {
    const { host, port } = address;
    const socket: Socket = connect({ host, port, noDelay: true, keepAlive: true });
    const timeout = setTimeout(() => socket.destroy(new Error(`not within ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timeout);
      callback(new ConnectError(address, error), null);
    };
    socket.once('error', fail).once('connect', () => {
      clearTimeout(timeout);
      socket.off('error', fail);
      callback(null, socket);
    });
  };
