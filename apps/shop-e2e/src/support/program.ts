import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endWithThisProcess, untilReady } from '@badger-store/test-kit';

const root = resolve(__dirname, '../../../..');
const getPath = (service: string) => resolve(root, 'dist/apps', service, 'main.js');

/** One more process of a service, beside those of the stack. */
export interface Replica {
  readonly url: string;
  /** Ends it as an operator would, and starts it again on its port. Rejects when it does not exit with 0. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplica(service: string, port: number, env: NodeJS.ProcessEnv): Promise<Replica> {
  const url = `http://127.0.0.1:${port}`;
  const start = () => spawnService(service, port, env);
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

/** A process that dies, as by kill -9, before its nth write to a socket. */
export interface DyingProcess {
  readonly url: string;
  /** From now on the writes count. */
  count(): void;
  /** Ends the process if it is still running; resolves to whether it died before. */
  stop(): Promise<boolean>;
}

export async function startDyingProcess(
  service: string,
  port: number,
  env: NodeJS.ProcessEnv,
  dieAtWrite: number,
): Promise<DyingProcess> {
  const hook = ['--require', resolve(__dirname, 'kill-at-write.cjs')];
  const child = await spawnService(service, port, { ...env, KILL_AT_WRITE: String(dieAtWrite) }, hook);
  const exited = once(child, 'exit');
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => void child.kill('SIGUSR2'),
    async stop() {
      // A connection that broke is noticed before the end of the process is.
      const hasDied = await Promise.race([exited.then(() => true), sleep(300, false)]);
      if (!hasDied) child.kill('SIGKILL');
      await exited;
      return hasDied;
    },
  };
}

/** Resolves when the service and all that it needs is well. */
async function spawnService(
  service: string,
  port: number,
  env: NodeJS.ProcessEnv,
  options: readonly string[] = [],
): Promise<ChildProcess> {
  const settings = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'fatal', ...env, PORT: String(port) };
  const args = [...options, getPath(service)];
  const child = endWithThisProcess(spawn(process.execPath, args, { cwd: root, env: settings, stdio: 'inherit' }));
  await untilReady(service, `http://127.0.0.1:${port}`);
  return child;
}

/** Runs a command of a service's program; resolves to what it printed. */
export async function runProgram(service: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const settings = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'warn', ...env };
  const { stdout } = await promisify(execFile)(process.execPath, [getPath(service), ...args], {
    cwd: root,
    env: settings,
  });
  return stdout;
}
