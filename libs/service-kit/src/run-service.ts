import type { RequestListener } from 'node:http';
import type { Lifecycle } from './http/health';
import { listen, type Listening, type ListenOptions } from './listen';
import type { IdentityFiles } from './tls/tls';

export interface Service extends Omit<ListenOptions, 'identity'> {
  readonly app: RequestListener;
  readonly port: number;
  /** Health, metrics and admin routes, served on `adminPort` if there is one. */
  readonly admin: RequestListener;
  readonly adminPort?: number;
  readonly https?: { readonly app: RequestListener; readonly port: number; readonly identity: IdentityFiles };
  readonly drainSeconds: number;
  readonly lifecycle: Lifecycle;
  /** The service listens after it resolves. */
  prepare?(): Promise<void>;
  /** Called after the last request. */
  close(): Promise<void>;
}

export interface RunningService {
  readonly port: number;
  readonly httpsPort?: number;
  /** Drains the connections within `drainSeconds`, then closes the service. */
  stop(): Promise<void>;
}

/** The service must not start. The message says why, in plain words. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Rejects if a port is taken. */
export async function startService(service: Service): Promise<RunningService> {
  const { log, lifecycle, adminPort, https } = service;
  await service.prepare?.();
  const opened: Listening[] = [];
  const open = async (app: RequestListener, port: number, identity?: IdentityFiles) => {
    const listening = await listen(app, port, { ...service, identity }).catch(async (error: unknown) => {
      await Promise.all(opened.map((other) => other.drain(0)));
      throw error;
    });
    opened.push(listening);
    return listening;
  };
  const main = await open(service.app, service.port);
  const secure = https && (await open(https.app, https.port, https.identity));
  const admin = adminPort === undefined ? undefined : await open(service.admin, adminPort);
  lifecycle.phase = 'serving';
  log.info({ port: main.port, httpsPort: secure?.port, adminPort: admin?.port }, 'listening');

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    lifecycle.phase = 'draining';
    log.info('draining');
    const drainMs = service.drainSeconds * 1000;
    await Promise.all([main.drain(drainMs), secure?.drain(drainMs)]);
    await service.close();
    await admin?.drain(0);
    log.info('stopped');
  };
  return { port: main.port, httpsPort: secure?.port, stop: () => (stopped ??= stop()) };
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
