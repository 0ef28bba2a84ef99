import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listens, startProgram } from './processes.mjs';

/** A real Redis of the benchmark's own, without persistence, on the load's cores. */
export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'badger-bench-redis-'));
  const port = await freePort();
  const { stop } = await startProgram({
    command: ['redis-server', '--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder],
    isReady: () => listens(port),
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For example `7.0.15`. */
export const redisVersion = () => /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))[1];
