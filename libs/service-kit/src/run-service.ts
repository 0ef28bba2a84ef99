import type { RequestListener } from 'node:http';
import type { Lifecycle } from './http/health';
import { listen, type ListenOptions } from './listen';

export interface Service extends ListenOptions {
  readonly app: RequestListener;
  readonly port: number;
  /** Health, metrics and admin routes, served on `adminPort` if there is one. */
  readonly admin: RequestListener;
  readonly adminPort?: number;
  readonly drainSeconds: number;
  readonly lifecycle: Lifecycle;
  /** The service listens after it resolves. */
  prepare?(): Promise<void>;
  /** Called after the last request. */
  close(): Promise<void>;
}

export interface RunningService {
  readonly port: number;
  /** Drains the connections within `drainSeconds`, then closes the service. */
  stop(): Promise<void>;
}

/** The service must not start. The message says why, in plain words. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Rejects if a port is taken. */
export async function startService(service: Service): Promise<RunningService> {
  const { log, lifecycle, adminPort } = service;
  await service.prepare?.();
  const main = await listen(service.app, service.port, service);
  const openAdmin = adminPort === undefined ? undefined : listen(service.admin, adminPort, service);
  const admin = await openAdmin?.catch(async (error: unknown) => {
    await main.drain(0);
    throw error;
  });
  lifecycle.phase = 'serving';
  log.info({ port: main.port, adminPort: admin?.port }, 'listening');

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    lifecycle.phase = 'draining';
    log.info('draining');
    await main.drain(service.drainSeconds * 1000);
    await service.close();
    await admin?.drain(0);
    log.info('stopped');
  };
  return { port: main.port, stop: () => (stopped ??= stop()) };
}

/** Runs until SIGTERM or SIGINT, then stops gracefully and exits with 0. Exits with 1 if it cannot start. */
export async function runService(service: Service): Promise<void> {
  const { log } = service;
  try {
    const running = await startService(service);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        running.stop().then(
          () => process.exit(0),
          (err: unknown) => {
            log.fatal({ err }, 'the service failed to stop');
            process.exit(1);
          },
        );
      });
    }
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (error instanceof StartError) log.fatal(error.message);
    else log.fatal(code === 'EADDRINUSE' ? `port ${port} is already in use` : { err: error });
    process.exitCode = 1;
    await service.close();
  }
}
