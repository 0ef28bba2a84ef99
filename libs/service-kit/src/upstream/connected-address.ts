import { Pool, type Dispatcher } from 'undici';
import type { TlsClient } from '../tls/tls';
import type { Address } from './addresses';
import type { Exchange } from './exchange';
import { openSocket } from './open-socket';
import { createOutlierDetection, type OutlierOptions } from './outlier-detection';
import { probe } from './probe';
import { SilenceDetection } from './silence-detection';

const maxConnections = 512;
/** Shorter than the drain grace of a service, so that no request is sent on a connection that the service is closing. */
const maxIdleMs = 500;
const drainMs = 2000;
/** Below the second after which the kernel repeats a lost SYN, so that another address is tried early. */
const defaultConnectMs = 250;

/** Above a usual pause of the garbage collection or of a throttled CPU. */
const probeResponseMs = 700;

export interface ConnectionOptions {
  /** The time limit of a connect; default 250. */
  readonly connectMs?: number;
  /** Behind a load balancer, new connections reach new replicas; default 30,000. */
  readonly maxConnectionAgeMs?: number;
  readonly outliers?: OutlierOptions;
  /** For https addresses; without it Node's authorities are trusted. */
  readonly tls?: TlsClient;
  readonly onEjected?: () => void;
}

/** An address with its connections and its health. */
export class ConnectedAddress {
  readonly outlier;
  private readonly silence;
  private pool: Pool;
  private drainsUntil = 0;

  constructor(
    private readonly address: Address,
    private readonly options: ConnectionOptions,
  ) {
    const { connectMs = defaultConnectMs, outliers, tls, onEjected } = options;
    const probeOnce = () => probe(address, { connectMs, responseMs: probeResponseMs, tls });
    this.outlier = createOutlierDetection(async () => (await probeOnce()) === 'alive', { ...outliers, onEjected });
    this.silence = new SilenceDetection({
      probe: probeOnce,
      onFailed: (result) => {
        this.outlier.eject();
        if (result === 'unreachable') this.closeConnections();
      },
    });
    this.pool = this.openPool();
  }

  send(exchange: Exchange): void {
    const { method, path, headers, body } = exchange.request;
    exchange.address = this;
    this.silence.onSent();
    // Without `reset: false` undici closes the connection after HEAD.
    this.pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body, reset: false }, exchange);
  }

  isDraining(now: number): boolean {
    return this.drainsUntil > now;
  }

  /** `keepsConnection` is false if the upstream closes the connection after the response. */
  onResponded(keepsConnection: boolean): void {
    this.silence.onHeard();
    this.outlier.succeeded();
    this.drainsUntil = keepsConnection ? 0 : performance.now() + drainMs;
  }

  onData(): void {
    this.silence.onHeard();
  }

  onConnectFailed(): void {
    this.outlier.eject();
  }

  /** The request was sent, and no response came. */
  onFailed(): void {
    this.outlier.failed();
  }

  /** Called once for each exchange, after all other calls. */
  onEnded(): void {
    this.silence.onEnded();
  }

  /** Closes after the requests in flight. */
  drain(): void {
    void this.pool.close();
  }

  destroy(): void {
    this.silence.close();
    void this.pool.destroy();
  }

  /** The requests in flight fail. */
  private closeConnections(): void {
    const { pool } = this;
    this.pool = this.openPool();
    void pool.destroy(new Error(`${this.address.host}:${this.address.port} does not respond and cannot be reached.`));
  }

  private openPool(): Pool {
    const { connectMs = defaultConnectMs, maxConnectionAgeMs = 30_000, tls } = this.options;
    const { serverName, authority } = this.address;
    return new Pool(`${serverName === undefined ? 'http' : 'https'}://${authority}`, {
      connect: (_options, callback) => openSocket(this.address, { connectMs, tls }, callback),
      connections: maxConnections,
      clientTtl: maxConnectionAgeMs,
      keepAliveTimeout: maxIdleMs,
      keepAliveMaxTimeout: maxIdleMs,
      // The sender has a deadline for the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}
