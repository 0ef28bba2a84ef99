import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Resolves with the standard output. Rejects if the program fails, or runs longer than its deadline, 60 s by default. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { input = '', timeoutMs = 60_000, env = {}, cwd } = options;
  const [name = ''] = [program, ...args].join(' ').slice(0, 120).split('\n');
  return new Promise((resolve, reject) => {
    // A group of its own: an interrupt of the terminal must not end the commands that undo a failure.
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else
        reject(
          new Error(
            `${name}: ${signal ?? `exit code ${code}`}\n${Buffer.concat([...stdout, ...stderr])
              .toString()
              .slice(-2000)}`,
          ),
        );
    });
    // The program may end before it has read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs a command line of an option, with its placeholders replaced. */
export function runCommandLine(command: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
  const line = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), command);
  return runProgram('sh', ['-c', line]);
}
