import type { RequestListener } from 'node:http';
import type { Lifecycle } from './http/health';
import { listen, type Listening, type ListenOptions } from './listen';

export interface Service extends ListenOptions {
  readonly app: RequestListener;
  readonly port: number;
  /** Health and metrics, and the port that they have for themselves; on the main port where none is named. */
  readonly admin: RequestListener;
  readonly adminPort?: number;
  readonly drainSeconds: number;
  readonly lifecycle: Lifecycle & { phase: Lifecycle['phase'] };
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

async function listenForAdmin(service: Service): Promise<Listening | undefined> {
  return service.adminPort === undefined ? undefined : listen(service.admin, service.adminPort, service);
}
