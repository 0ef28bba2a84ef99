export interface Repeated {
  /** Begins a run, the first one included, before its time; does nothing while one is under way or after `stop`. */
  runNow(): void;
  /** Lets no other run begin; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a task over and over once `runNow` was called, one run at a time, each as many ms after the one before as that resolved to, or
 * up to a fifth earlier; no reason for a process to live on. The task tells of its failures itself: it must not reject.
 */
export function repeat(task: () => Promise<number>): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;

  const run = async () => {
    const delayMs = await task();
    running = undefined;
    // So that many processes do not ask all at once for ever.
    if (!isStopped) timer = setTimeout(begin, delayMs * (0.8 + Math.random() / 5)).unref();
  };
  const begin = () => {
    clearTimeout(timer);
    running = run();
  };
  return {
    runNow() {
      if (!running && !isStopped) begin();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
