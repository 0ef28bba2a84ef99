import { migrate, type SqlMigration } from '@badger-store/postgres-kit';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { ensureDevelopmentSecrets } from './auth/development-secrets';
import { createLogger } from './logger';
import { runService, type Service } from './run-service';
import { ConfigError, loadConfig } from './settings/load-config';
import { toPostgresSettings } from './settings/postgres-settings';
import { developmentValues, type ServiceConfig, type ServiceName } from './settings/service-settings';
import { startTracing, type TracingConfig } from './telemetry/tracing';

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
  /** Makes the files that only development makes up, before the settings are read. */
  prepareDevelopment?(env: NodeJS.ProcessEnv): Promise<void>;
}

/**
 * The program of a service: it serves, or runs the command that its first argument names. A failure is one line on standard error and
 * exit code 1.
 */
export function runMain<Schema extends z.ZodObject>(program: Program<Schema>): void {
  run(program).catch((error: unknown) => {
    const text =
      error instanceof ConfigError
        ? `setting ${error.message}`
        : String(error instanceof Error ? error.message : error);
    process.stderr.write(`${program.name}: ${text}\n`);
    process.exitCode = 1;
    // Whatever is open must not keep a program that has failed.
    setTimeout(() => process.exit(1), 1000).unref();
  });
}

async function run<Schema extends z.ZodObject>(program: Program<Schema>): Promise<void> {
  const { name, configSchema, schema, migrations, compose, commands = {} } = program;
  const env = await readEnvironment(program);
  const config = loadConfig(configSchema, env) as z.output<Schema> & ServiceConfig;
  const log = createLogger(name, config.LOG_LEVEL);
  const [command = '', ...args] = process.argv.slice(2);
  if (command === 'migrate') {
    log.info({ applied: await migrate({ ...toPostgresSettings(config), schema }, migrations) }, 'migrated');
  } else if (Object.hasOwn(commands, command)) {
    await commands[command]?.(config, log, args);
  } else {
    await serve(name, config, () => compose(config, log));
  }
}

async function readEnvironment<Schema extends z.ZodObject>(program: Program<Schema>): Promise<NodeJS.ProcessEnv> {
  if (process.env.NODE_ENV !== 'development') return process.env;
  const env = { ...developmentValues(program.configSchema), ...process.env };
  if (env.SERVICE_TOKEN_SECRET_FILE) await ensureDevelopmentSecrets(env.SERVICE_TOKEN_SECRET_FILE);
  await program.prepareDevelopment?.(env);
  return env;
}

/** Serves until SIGTERM or SIGINT; with traces, where the settings say so, from before the first request until after the last. */
async function serve(name: string, config: TracingConfig, compose: () => Service): Promise<void> {
  const endTracing = await startTracing(name, config);
  const service = compose();
  await runService({
    ...service,
    async close() {
      await service.close();
      await endTracing();
    },
  });
}
