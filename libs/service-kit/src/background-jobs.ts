import { repeat } from './repeat';

const retryMs = 5000;

/** A task that a service repeats beside its requests. Resolves to the ms until its next run. */
export interface BackgroundJob {
  readonly name: string;
  run(): Promise<number>;
}

/** Runs jobs until `close`; one that fails is reported, and runs again after 5 s. */
export function startBackgroundJobs(
  jobs: readonly BackgroundJob[],
  report: (error: unknown, jobName: string) => void,
): { close(): Promise<void> } {
  const loops = jobs.map(({ name, run }) =>
    repeat(async () => {
      try {
        return await run();
      } catch (error) {
        report(error, name);
        return retryMs;
      }
    }),
  );
  for (const loop of loops) loop.runNow();
  return {
    /** Resolves when the runs in progress have ended. */
    async close() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
