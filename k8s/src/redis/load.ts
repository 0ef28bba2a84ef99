import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadInput, Seen } from './load-worker';
import type { RedisPods } from './redis-pods';

export interface Load {
  /** Starts callers that add to new carts as fast as they get replies. */
  begin(): void;
  /** Stops the callers. */
  hold(): void;
  /** Stops the callers and compares the carts with what was acknowledged. */
  end(): Promise<Seen>;
  stop(): Promise<void>;
}

/** Runs in its own process, which resolves the names of the pods. */
export async function startLoad({ machine, pods, secrets, isCluster }: RedisPods, callers: number): Promise<Load> {
  const root = join(__dirname, '../../..');
  const worker = join(secrets, 'load-worker.js');
  const how = ['--bundle', '--platform=node', '--target=node20', '--loader:.lua=text', '--log-level=error'];
  await promisify(execFile)(
    join(root, 'node_modules/.bin/esbuild'),
    [
      join(__dirname, 'load-worker.ts'),
      ...how,
      `--tsconfig=${join(root, 'tsconfig.base.json')}`,
      `--outfile=${worker}`,
    ],
    { cwd: root },
  );
  const input: LoadInput = { hosts: pods.map(({ name }) => name), isCluster, secrets, callers };
  const child = machine.spawn([process.execPath, worker, JSON.stringify(input)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    begin: () => void child.send('begin'),
    hold: () => void child.send('hold'),
    async end() {
      const response = once(child, 'message') as Promise<[Seen]>;
      const gone = once(child, 'exit').then(() => Promise.reject(new Error('The load process exited early.')));
      child.send('end');
      const [seen] = await Promise.race([response, gone]);
      return seen;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}
