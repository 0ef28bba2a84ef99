import { join } from 'node:path';
import { startDependencies } from './dependencies';
import { requireFreePorts } from './ports';
import { startStack } from './stack';
import { defaultPorts } from './services';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The program behind `npm start` and, with `--deps`, `npm run deps`. */
async function main(): Promise<void> {
  const ports = defaultPorts(process.env);
  const options = {
    root: process.cwd(),
    ports,
    dataFolder: join(process.cwd(), '.data'),
    redisUrl: process.env.REDIS_URL,
    databaseUrl: process.env.DATABASE_URL,
    env: process.env,
    say,
  };

  let stop: () => Promise<void>;
  if (process.argv.includes('--deps')) {
    await requireFreePorts(ports, ['redis', 'postgres']);
    const dependencies = await startDependencies(options);
    stop = dependencies.stop;
    say(`ready ${dependencies.redisUrl} ${dependencies.databaseUrls.inventory}`);
  } else {
    const stack = await startStack(options);
    stop = stack.stop;
    void stack.failed.then((reason) => end(reason));
    say(`ready http://localhost:${ports.gateway}`);
  }

  let ending = false;
  const end = (failure?: string) => {
    if (ending) return;
    ending = true;
    if (failure !== undefined) process.stderr.write(`badger-store: ${failure}\n`);
    stop().then(
      () => process.exit(failure === undefined ? 0 : 1),
      (error: unknown) => {
        process.stderr.write(`badger-store: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end());
}

main().catch((error: unknown) => {
  process.stderr.write(`badger-store: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
