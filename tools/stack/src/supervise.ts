import { spawn, type ChildProcess } from 'node:child_process';
import { endWithThisProcess } from '@badger-store/test-kit';

export interface Supervised {
  readonly name: string;
  /** Of the process that runs now; `undefined` between two. */
  pid(): number | undefined;
  /** Resolves, saying why, when the service died so often in a row that it was given up. */
  readonly gaveUp: Promise<string>;
  /** Ends the service; after `stopTimeoutMs` by force. */
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stopTimeoutMs: number;
  readonly say: (line: string) => void;
}

const mostDeathsInARow = 8;
const firstPauseMs = 200;
const longestPauseMs = 5000;
const healthyAfterMs = 10_000;

/** Runs a program and starts it again when it dies, with back-off. It has a process group of its own: Ctrl-C is not for it. */
export function supervise({ name, command, env, cwd, stopTimeoutMs, say }: Program): Supervised {
  let child: ChildProcess | undefined;
  let pause: NodeJS.Timeout | undefined;
  let stopping = false;
  let deaths = 0;
  let giveUp!: (reason: string) => void;
  const gaveUp = new Promise<string>((resolve) => (giveUp = resolve));

  const start = () => {
    const startedAt = Date.now();
    const [file = '', ...args] = command;
    child = endWithThisProcess(
      spawn(file, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true }),
    );
    child.once('exit', (code, signal) => {
      child = undefined;
      if (stopping) return;
      deaths = Date.now() - startedAt > healthyAfterMs ? 1 : deaths + 1;
      const ended = `${name} ended (${signal ?? `exit code ${code}`})`;
      if (deaths >= mostDeathsInARow) return giveUp(`${ended} ${deaths} times in a row`);
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (deaths - 1)) * (0.5 + Math.random() / 2);
      say(`${ended}; starting it again in ${Math.round(pauseMs)} ms`);
      pause = setTimeout(start, pauseMs);
    });
  };
  start();

  return {
    name,
    gaveUp,
    pid: () => child?.pid,
    async stop() {
      stopping = true;
      clearTimeout(pause);
      const running = child;
      if (!running) return;
      const exited = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const force = setTimeout(() => running.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(force);
    },
  };
}
