import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { appMessages } from './http/app-messages';
import type { Lifecycle } from './http/health';
import { refuseConnection } from './http/refuse-connection';

/** How long a client may take, in ms. */
export interface TimeLimits {
  /** For the headers of a request; default 10 s. */
  readonly headersMs: number;
  /** For a whole request, its body included; default 30 s. */
  readonly requestMs: number;
  /** How often the two are enforced: a slow client has at most this much time more; default 1 s. */
  readonly checkEveryMs: number;
}

export interface Service {
  readonly app: RequestListener;
  readonly port: number;
  /** Health and metrics, and the port that they have for themselves; on the main port where none is named. */
  readonly admin: RequestListener;
  readonly adminPort?: number;
  readonly host: string;
  readonly drainSeconds: number;
  readonly timeLimits?: TimeLimits;
  readonly lifecycle: Lifecycle & { phase: Lifecycle['phase'] };
  readonly log: Logger;
  /** Resolves when the service may listen; at once where it is missing. */
  prepare?(): Promise<void>;
  /** Closes what the service opened, in reverse order; called when no request is left. */
  close(): Promise<void>;
}

export interface RunningService {
  readonly port: number;
  /**
   * Has every connection end with its next answer, new ones included, for a second at most; then stops accepting, lets the requests
   * under way end (all within `drainSeconds`), and closes.
   */
  stop(): Promise<void>;
}

/** A service must not start; the message says why in plain words. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Prepares, then listens, with time-outs against slow clients. Rejects when a port is taken. */
export async function startService(service: Service): Promise<RunningService> {
  const { log, lifecycle } = service;
  await service.prepare?.();
  const main = await listen(service.app, service.port, service);
  const admin = await listenForAdmin(service).catch(async (error: unknown) => {
    await main.drain(0);
    throw error;
  });
  lifecycle.phase = 'serving';
  const { port } = main;
  log.info({ port, adminPort: admin?.port }, 'listening');

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    lifecycle.phase = 'draining';
    log.info('draining');
    await main.drain(service.drainSeconds * 1000);
    await service.close();
    await admin?.drain(0);
    log.info('stopped');
  };
  return { port, stop: () => (stopped ??= stop()) };
}

/** Runs until SIGTERM or SIGINT, then stops gracefully and exits 0; exits 1 when it cannot start. */
export async function runService(service: Service): Promise<void> {
  const { log } = service;
  try {
    const running = await startService(service);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        running.stop().then(
          () => process.exit(0),
          (error: unknown) => {
            log.fatal({ err: error }, 'could not stop cleanly');
            process.exit(1);
          },
        );
      });
    }
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (error instanceof StartError) log.fatal(error.message);
    else log.fatal(code === 'EADDRINUSE' ? `port ${port} is already taken` : { err: error });
    process.exitCode = 1;
    await service.close();
  }
}

interface Listening {
  readonly port: number;
  /**
   * Lets go of its connections, then stops accepting; resolves when the last one is gone, which is cut off after `timeoutMs`.
   */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * A port that is closed resets the connections that wait to be accepted, and a connection that is closed for being idle may have a
 * request on its way. So for this long everything is still served, and each answer says that the connection ends with it: clients
 * go elsewhere before anything is closed under them.
 */
const lettingGoMs = 1000;

const defaultTimeLimits: TimeLimits = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1000 };

type Manner = Pick<Service, 'host' | 'log' | 'timeLimits'>;

async function listen(
  listener: RequestListener,
  port: number,
  { host, log, timeLimits = defaultTimeLimits }: Manner,
): Promise<Listening> {
  // A Set of all answers under way would keep them from V8's collector of what is young: docs/performance.md.
  const connections = new Map<Socket, ServerResponse[]>();
  let draining = false;
  const options = {
    keepAliveTimeout: 65_000,
    headersTimeout: timeLimits.headersMs,
    requestTimeout: timeLimits.requestMs,
    connectionsCheckingInterval: timeLimits.checkEveryMs,
    ...appMessages(listener),
  };
  const server = createServer(options, (req, res) => {
    const underWay = connections.get(req.socket) ?? [];
    underWay.push(res);
    res.once('close', () => {
      underWay.splice(underWay.indexOf(res), 1);
      // Node would leave it to the client when a connection that is kept alive ends.
      if (!server.listening) req.socket.destroySoon();
    });
    if (draining) res.setHeader('Connection', 'close');
    listener(req, res);
  });
  server.on('connection', (socket: Socket) => {
    connections.set(socket, []);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error, socket: Socket) => {
    const hasBegun = (connections.get(socket) ?? []).some((res) => res.socket === socket && res.headersSent);
    refuseConnection(error, socket, { mayAnswer: !hasBegun, log });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async drain(timeoutMs) {
      draining = true;
      for (const res of [...connections.values()].flat()) if (!res.headersSent) res.setHeader('Connection', 'close');
      const lettingGoEnds = performance.now() + Math.min(timeoutMs, lettingGoMs);
      while (connections.size > 0 && performance.now() < lettingGoEnds) await sleep(20);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

async function listenForAdmin(service: Service): Promise<Listening | undefined> {
  return service.adminPort === undefined ? undefined : listen(service.admin, service.adminPort, service);
}
