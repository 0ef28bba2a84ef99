import { ConfigError } from './config';
import { runService, type Service } from './run-service';
import { startTracing, type TracingConfig } from './telemetry/tracing';

/** Runs a program; what it can't go on with becomes one line on standard error and exit code 1. */
export function runMain(service: string, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text =
      error instanceof ConfigError
        ? `setting ${error.message}`
        : String(error instanceof Error ? error.message : error);
    process.stderr.write(`${service}: ${text}\n`);
    process.exitCode = 1;
    // Whatever is open must not keep a program that has failed.
    setTimeout(() => process.exit(1), 1000).unref();
  });
}

/** Serves until SIGTERM or SIGINT; with traces, where the settings say so, from before the first request until after the last. */
export async function serve(name: string, config: TracingConfig, compose: () => Service): Promise<void> {
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
