import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endWithThisProcess } from '@badger-store/test-kit';

export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly messages: unknown[];
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface WorkerBundle {
  start(name: string, input: object): WorkerProcess;
  /** Ends every worker that is still there and removes the bundle. */
  remove(): Promise<void>;
}

const cartCache = join(__dirname, '../..');

/** Builds every worker for plain Node.js, so that a process of it is a process of a service in all that counts. */
export async function bundleWorkers(): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'badger-workers-'));
  const names = ['add-worker', 'checkout-worker', 'pausing-checkout-worker'];
  const entries = names.map((name) => join(__dirname, 'workers', `${name}.ts`));
  const esbuild = join(cartCache, '../../node_modules/.bin/esbuild');
  const how = ['--bundle', '--platform=node', '--target=node20', '--loader:.lua=text', '--log-level=error'];
  await promisify(execFile)(esbuild, [...entries, ...how, `--outdir=${folder}`], { cwd: cartCache });

  const started: WorkerProcess[] = [];
  return {
    start(name, input) {
      const child = endWithThisProcess(fork(join(folder, `${name}.js`), [JSON.stringify(input)], { execArgv: [] }));
      const messages: unknown[] = [];
      child.on('message', (message) => messages.push(message));
      const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
      const worker = { process: child, messages, ended };
      started.push(worker);
      return worker;
    },
    async remove() {
      for (const { process: child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
