import { spawn, type ChildProcess } from 'node:child_process';
import { endWithThisProcess } from '@badger-store/test-kit';

export interface Supervised {
  readonly name: string;
  /** `undefined` between two runs. */
  pid(): number | undefined;
  /** Resolves to the reason after too many consecutive exits. */
  readonly gaveUp: Promise<string>;
  /** Kills the process after `stopTimeoutMs`. */
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

const maxConsecutiveExits = 8;
const firstPauseMs = 200;
const maxPauseMs = 5000;
const healthyAfterMs = 10_000;

/** Restarts a program with back-off when it exits. Its own process group keeps Ctrl-C from it. */
export function supervise({ name, command, env, cwd, stopTimeoutMs, say }: Program): Supervised {
  let child: ChildProcess | undefined;
  let pause: NodeJS.Timeout | undefined;
  let stopping = false;
  let exits = 0;
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
      exits = Date.now() - startedAt > healthyAfterMs ? 1 : exits + 1;
      const event = `${name} exited (${signal ?? `exit code ${code}`})`;
      if (exits >= maxConsecutiveExits) return giveUp(`${event} ${exits} times`);
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (exits - 1)) * (0.5 + Math.random() / 2);
      say(`${event}; restarting in ${Math.round(pauseMs)} ms`);
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
