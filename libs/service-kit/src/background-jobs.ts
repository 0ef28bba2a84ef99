import { createInterval } from './interval';

const retryMs = 5000;

export interface BackgroundJob {
  readonly name: string;
  /** Resolves to the ms until the next run. */
  run(): Promise<number>;
}

/** Runs jobs until `close`. If a run rejects, the job is reported and runs again after 5 s. */
export function startBackgroundJobs(
  jobs: readonly BackgroundJob[],
  report: (error: unknown, jobName: string) => void,
): { close(): Promise<void> } {
  const intervals = jobs.map(({ name, run }) =>
    createInterval(async () => {
      try {
        return await run();
      } catch (error) {
        report(error, name);
        return retryMs;
      }
    }),
  );
  for (const interval of intervals) interval.runNow();
  return {
    async close() {
      await Promise.all(intervals.map((interval) => interval.stop()));
    },
  };
}
