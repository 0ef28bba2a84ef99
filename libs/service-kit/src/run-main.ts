import { ConfigError } from './config';

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
