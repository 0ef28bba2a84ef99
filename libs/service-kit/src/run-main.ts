import { migrate, type SqlMigration } from '@badger-store/postgres-kit';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { ensureDevelopmentSecrets } from './auth/development-secrets';
import { keepGoodAddresses } from './keep-good-addresses';
import { createLogger } from './logger';
import { runService, type Service } from './run-service';
import { ConfigError, loadConfig } from './settings/load-config';
import { toMigrationSettings } from './settings/postgres-settings';
import { developmentValues, type ServiceConfig, type ServiceName } from './settings/service-settings';
import { startTracing } from './telemetry/tracing';

export interface Program<Schema extends z.ZodObject> {
  readonly name: ServiceName;
  readonly configSchema: Schema;
  compose(config: z.output<Schema>, log: Logger): Service;
  readonly schema: string;
  readonly migrations: readonly SqlMigration[];
  /** Commands besides `migrate`: `main.js <command> …`. */
  readonly commands?: Readonly<
    Record<string, (config: z.output<Schema>, log: Logger, args: string[]) => Promise<void>>
  >;
  /** Creates files that development needs. Runs before the settings are read. */
  prepareDevelopment?(env: NodeJS.ProcessEnv): Promise<void>;
}

/** Runs a service, or the command in the first argument. On failure it writes one line to standard error and exits with 1. */
export function runMain<Schema extends z.ZodObject>(program: Program<Schema>): void {
  run(program).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${program.name}: ${error instanceof ConfigError ? 'setting ' : ''}${message}\n`);
    process.exitCode = 1;
    // Open connections would keep the process alive.
    setTimeout(() => process.exit(1), 1000).unref();
  });
}

async function run<Schema extends z.ZodObject>(program: Program<Schema>): Promise<void> {
  const { name, configSchema, schema, migrations, compose, commands = {} } = program;
  const config = loadConfig(configSchema, await prepareEnvironment(program)) as z.output<Schema> & ServiceConfig;
  const log = createLogger(name, config.LOG_LEVEL);
  const [command = '', ...args] = process.argv.slice(2);
  if (command === 'migrate') {
    endOnSignal();
    const retry = {
      waitMs: config.MIGRATION_WAIT_SECONDS * 1000,
      onRetry: (err: unknown) => log.warn({ err }, 'PostgreSQL is not up; retrying'),
    };
    log.info({ applied: await migrate({ ...toMigrationSettings(config), schema }, migrations, retry) }, 'migrated');
    return;
  }
  if (Object.hasOwn(commands, command)) return commands[command]?.(config, log, args);

  keepGoodAddresses();
  const stopTracing = await startTracing(name, config);
  const service = compose(config, log);
  await runService({
    ...service,
    async close() {
      await service.close();
      await stopTracing();
    },
  });
}

/** The first process of a container ignores a signal that it does not handle. PostgreSQL rolls the current migration back. */
function endOnSignal(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
}

async function prepareEnvironment<Schema extends z.ZodObject>(program: Program<Schema>): Promise<NodeJS.ProcessEnv> {
  if (process.env.NODE_ENV !== 'development') return process.env;
  const env = { ...developmentValues(program.configSchema), ...process.env };
  if (env.SERVICE_TOKEN_SECRET_FILE) await ensureDevelopmentSecrets(env.SERVICE_TOKEN_SECRET_FILE);
  await program.prepareDevelopment?.(env);
  return env;
}
