import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
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
  const main = await listen(service.app, service.port, service.host);
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
    log.fatal(code === 'EADDRINUSE' ? `port ${port} is already taken` : { err: error });
    process.exitCode = 1;
    await service.close();
  }
}

interface Listening {
  readonly port: number;
  /** Stops accepting; resolves when the last connection is gone, which is cut off after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

async function listen(listener: RequestListener, port: number, host: string): Promise<Listening> {
  const underWay = new Set<ServerResponse>();
  const limits = { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer(limits, (req, res) => {
    underWay.add(res);
    res.once('close', () => {
      underWay.delete(res);
      // Node would leave it to the client when a connection that is kept alive ends.
      if (!server.listening) req.socket.destroySoon();
    });
    if (!server.listening) res.setHeader('Connection', 'close');
    listener(req, res);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async drain(timeoutMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const res of underWay) if (!res.headersSent) res.setHeader('Connection', 'close');
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

async function listenForAdmin({ admin, adminPort, host }: Service): Promise<Listening | undefined> {
  return adminPort === undefined ? undefined : listen(admin, adminPort, host);
}
