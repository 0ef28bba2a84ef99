import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import type { Lifecycle } from './http/health';

export interface Service {
  readonly app: RequestListener;
  readonly port: number;
  /** Health and metrics, and the port that they have for themselves; on the main port where none is named. */
  readonly admin: RequestListener;
  readonly adminPort?: number;
  readonly host: string;
  readonly drainSeconds: number;
  readonly lifecycle: Lifecycle & { phase: Lifecycle['phase'] };
  readonly log: Logger;
  /** Closes what the service opened, in reverse order; called when no request is left. */
  close(): Promise<void>;
}

export interface RunningService {
  readonly port: number;
  /** Stops accepting, lets the requests under way end (at most `drainSeconds`), then closes. */
  stop(): Promise<void>;
}

/** Listens, with time-outs against slow clients. Rejects when a port is taken. */
export async function startService(service: Service): Promise<RunningService> {
  const { log, lifecycle } = service;
  const server = await listen(service.app, service.port, service.host);
  const admin =
    service.adminPort === undefined ? undefined : await listen(service.admin, service.adminPort, service.host);
  lifecycle.phase = 'serving';
  const port = portOf(server);
  log.info({ port, adminPort: admin && portOf(admin) }, 'listening');

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    lifecycle.phase = 'draining';
    log.info('draining');
    await drain(server, service.drainSeconds * 1000);
    await service.close();
    if (admin) await drain(admin, 0);
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
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    log.fatal(taken ? `port ${service.port} is already taken` : { err: error });
    process.exitCode = 1;
    await service.close();
  }
}

async function listen(listener: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000 }, listener);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function drain(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(cut);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
