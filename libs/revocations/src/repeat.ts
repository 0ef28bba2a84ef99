/**
 * Runs a task over and over, one run at a time, each as many ms at most after the one before as that resolved to; no reason for a
 * process to live on.
 */
export function repeat(task: () => Promise<number>): { runNow(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isStopped = false;

  const run = async () => {
    clearTimeout(timer);
    isRunning = true;
    const delayMs = await task();
    isRunning = false;
    // So that many processes do not ask all at once for ever.
    if (!isStopped) timer = setTimeout(() => void run(), delayMs * (0.8 + Math.random() / 5)).unref();
  };
  return {
    runNow() {
      if (!isRunning && !isStopped) void run();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
