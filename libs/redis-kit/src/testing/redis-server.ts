import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { freePort, type Certificates } from '@badger-store/test-kit';
import { removeFolder, startRedisProcess, withTemporaryFolder } from './redis-process';

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
  /** Responds over TLS alone, and to those alone that show a certificate of the same authority. */
  readonly tls?: Certificates;
}

/** Starts a private `redis-server` on 127.0.0.1 and resolves when it responds. Rejects where there is none to start. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  if (!options.dataFolder) {
    return withTemporaryFolder(async (folder) => {
      const server = await start(folder, ['--appendonly', 'no'], options);
      return {
        ...server,
        async stop(signal) {
          await server.stop(signal);
          await removeFolder(folder);
        },
      };
    });
  }
  await mkdir(options.dataFolder, { recursive: true });
  return start(options.dataFolder, ['--appendonly', 'yes'], options);
}

async function start(
  folder: string,
  persistence: readonly string[],
  options: RedisServerOptions,
): Promise<RedisServer> {
  const { tls, args = [], detached } = options;
  const port = options.port ?? (await freePort());
  const ports = tls ? ['--port', '0', '--tls-port', String(port), ...tlsArgs(tls)] : ['--port', String(port)];
  const server = await startRedisProcess(
    ['--bind', '127.0.0.1', ...ports, '--dir', folder, '--save', '', ...persistence, ...args],
    'Ready to accept connections',
    detached,
  );
  return { ...server, port, url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}` };
}

const tlsArgs = ({ caFile, server }: Certificates) => [
  ...['--tls-ca-cert-file', caFile, '--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile],
  ...['--tls-auth-clients', 'yes'],
];
