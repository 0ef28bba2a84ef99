import { startDependencies } from './dependencies';
import { runGatewayCommand } from './gateway-command';
import { migrateAndSeed } from './programs';
import { readShellSettings } from './shell-settings';
import { startStack } from './stack';

const say = (line: string) => process.stdout.write(`${line}\n`);

interface Running {
  /** Resolves to the reason of a failure. */
  readonly failed?: Promise<string>;
  stop(): Promise<void>;
}

/** `npm start`, or with `--deps` `npm run deps`. */
async function start(): Promise<Running> {
  const root = process.cwd();
  const options = { root, ...readShellSettings(process.env, root), say };
  if (!process.argv.includes('--deps')) {
    const stack = await startStack(options);
    const url = stack.url.replace('//127.0.0.1:', '//localhost:');
    say(`ready ${url}`);
    sayWhatToTry(url);
    return stack;
  }
  const dependencies = await startDependencies(options);
  try {
    await migrateAndSeed(options, dependencies);
  } catch (error) {
    await dependencies.stop();
    throw error;
  }
  say('ready for nx serve');
  return dependencies;
}

function sayWhatToTry(url: string): void {
  say('');
  say(`  store   ${url}   open "Under the hood" at the end of the page, lose a response, and add something`);
  say(`  API     ${url}/docs`);
  say('  docs    README.md, docs/contract.md');
  say('  stop    Ctrl-C');
}

/** Runs until a signal or a failure. */
function runUntilStopped(): void {
  const starting = start();
  let isStopping = false;

  // A signal during the start waits until the start has finished, so that no process is left behind.
  const stop = async (failure?: unknown): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    const failures: unknown[] = failure === undefined ? [] : [failure];
    try {
      const running = await starting;
      await running.stop();
    } catch (error) {
      failures.splice(0, 1, error);
    }
    failures.forEach(report);
    process.exit(failures.length === 0 ? 0 : 1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  starting.then(({ failed }) => failed?.then(stop)).catch(stop);
}

function report(error: unknown): void {
  process.stderr.write(`badger-store: ${error instanceof Error ? error.message : String(error)}\n`);
}

/** For `npm run api-keys` and `npm run keys:rotate`. */
async function runCommand(args: string[]): Promise<void> {
  const root = process.cwd();
  try {
    process.exitCode = await runGatewayCommand(root, readShellSettings(process.env, root), args);
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}

const [command, ...args] = process.argv.slice(2);
if (command === 'gateway') void runCommand(args);
else runUntilStopped();
