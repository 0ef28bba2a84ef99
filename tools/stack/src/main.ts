import { join } from 'node:path';
import { startDependencies } from './dependencies';
import { migrateAndSeed } from './programs';
import { defaultPorts } from './services';
import { startStack } from './stack';

const say = (line: string) => process.stdout.write(`${line}\n`);

interface Running {
  /** Resolves, saying why, when it can't go on. */
  readonly failed?: Promise<string>;
  stop(): Promise<void>;
}

/** What `npm start` runs and, with `--deps`, `npm run deps`. */
async function start(): Promise<Running> {
  const ports = defaultPorts(process.env);
  const options = {
    root: process.cwd(),
    ports,
    dataFolder: process.env.DATA_FOLDER ?? join(process.cwd(), '.data'),
    redisUrl: process.env.REDIS_URL,
    databaseUrl: process.env.DATABASE_URL,
    env: process.env,
    say,
  };
  if (!process.argv.includes('--deps')) {
    const stack = await startStack(options);
    say(`ready http://localhost:${ports.gateway}`);
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

const starting = start();
let ending = false;

/** What a signal interrupts while it starts is let finish, so that nothing is left running behind. */
async function end(failure?: unknown): Promise<void> {
  if (ending) return;
  ending = true;
  const failures: unknown[] = failure === undefined ? [] : [failure];
  try {
    const running = await starting;
    await running.stop();
  } catch (error) {
    failures.splice(0, 1, error);
  }
  for (const error of failures) {
    process.stderr.write(`badger-store: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.exit(failures.length === 0 ? 0 : 1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
starting.then(({ failed }) => failed?.then(end)).catch(end);
