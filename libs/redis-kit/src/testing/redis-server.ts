import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@badger-store/test-kit';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends the server; resolves when its process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface RedisServerOptions {
  /** A free one where none is named. */
  readonly port?: number;
  /** Keeps the data (append-only file); a temporary folder, removed at the end, where none is named. */
  readonly dataFolder?: string;
  readonly args?: readonly string[];
  /** In a process group of its own, so that Ctrl-C at the terminal is not for it. */
  readonly detached?: boolean;
}

/** Starts a private `redis-server` on 127.0.0.1 and resolves when it answers. Rejects where there is none to start. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const folder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'badger-redis-')));
  await mkdir(folder, { recursive: true });
  const persistence = options.dataFolder ? ['--appendonly', 'yes'] : ['--appendonly', 'no'];
  const server = spawn(
    'redis-server',
    [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      folder,
      '--save',
      '',
      ...persistence,
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: options.detached },
  );
  let output = '';
  const keepTail = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000));
  server.stdout.on('data', keepTail);
  server.stderr.on('data', keepTail);
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    server.once('error', (error) => reject(new Error(`redis-server could not be started: ${error.message}`)));
    void exited.then(() => reject(new Error(`redis-server ended at once: ${output}`)));
  });
  await Promise.race([answering(port), failed]);

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    process: server,
    async stop(signal = 'SIGTERM') {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill(signal);
        server.kill('SIGCONT');
        await exited;
      }
      if (!options.dataFolder) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  await redis.ping();
  redis.disconnect();
}
