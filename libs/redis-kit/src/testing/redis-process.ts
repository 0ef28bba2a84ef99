import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess } from '@badger-store/test-kit';

export interface RedisProcess {
  readonly process: ChildProcess;
  /** Ends it; resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A folder that is gone when `use` has failed; else the caller removes it. */
export async function withTemporaryFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'badger-redis-'));
  try {
    return await use(folder);
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** Starts `redis-server` and resolves when its log shows `readyWhen`. Rejects, with nothing left running, where it does not. */
export async function startRedisProcess(
  args: readonly string[],
  readyWhen: string,
  detached = false,
): Promise<RedisProcess> {
  const server = endWithThisProcess(spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'], detached }));
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    server.kill('SIGCONT');
    await exited;
  };

  let log = '';
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-4000);
        if (log.includes(readyWhen)) resolve();
      };
      server.stdout.on('data', read);
      server.stderr.on('data', read);
      server.once('error', (error) => reject(new Error(`redis-server could not be started: ${error.message}`)));
      void exited.then(() => reject(new Error(`redis-server ended at once: ${log}`)));
      timer = setTimeout(() => reject(new Error(`redis-server did not get ready: ${log}`)), 30_000);
    });
  } catch (error) {
    if (server.pid !== undefined) await stop('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { process: server, stop };
}
