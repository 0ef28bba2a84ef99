export interface Interval {
  /** Starts the next run now. Does nothing during a run or after `stop`. */
  runNow(): void;
  /** Resolves when the current run has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a task now, and then at intervals, one run at a time. The task resolves to the ms until the next run, and must not reject. The timer
 * does not keep the process alive.
 */
export function createInterval(task: () => Promise<number>): Interval {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;

  const run = async () => {
    const delayMs = await task();
    running = undefined;
    // Jitter, so that many processes do not poll at the same time.
    if (!isStopped) timer = setTimeout(start, delayMs * (0.8 + Math.random() / 5)).unref();
  };
  const start = () => {
    clearTimeout(timer);
    running = run();
  };
  start();
  return {
    runNow() {
      if (!running && !isStopped) start();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
