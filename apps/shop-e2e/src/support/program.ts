import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@badger-store/test-kit';

const root = resolve(__dirname, '../../../..');
const pathOf = (service: string) => resolve(root, 'dist/apps', service, 'main.js');

/** One more process of a service, beside those of the stack. */
export interface Replica {
  readonly url: string;
  /** Ends it as an operator would, and starts it again on its port. Rejects when it does not exit with 0. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplica(service: string, port: number, env: NodeJS.ProcessEnv): Promise<Replica> {
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<ChildProcess> => {
    const settings = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'fatal', ...env, PORT: String(port) };
    const child = spawn(process.execPath, [pathOf(service)], { cwd: root, env: settings, stdio: 'inherit' });
    await until(`${service} is well`, async () => {
      try {
        const { dependencies } = (await (await fetch(`${url}/readyz`)).json()) as { dependencies: object };
        return Object.values(dependencies).every((state) => state === 'up');
      } catch {
        return false;
      }
    });
    return child;
  };
  const end = async (child: ChildProcess) => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`${service} ended with ${code}`);
  };
  let running = await start();
  return {
    url,
    async restart() {
      await end(running);
      running = await start();
    },
    stop: () => end(running),
  };
}

/** Runs a command of a service's program; resolves to what it printed. */
export async function runProgram(service: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const settings = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'warn', ...env };
  const { stdout } = await promisify(execFile)(process.execPath, [pathOf(service), ...args], {
    cwd: root,
    env: settings,
  });
  return stdout;
}
