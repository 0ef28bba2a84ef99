/**
 * Returns a function that runs at most `concurrency` tasks at once. At most `maxWaiting` more wait, in their order; a further task
 * rejects at once with what `toRefusal` returns.
 */
export function createConcurrencyLimit(concurrency: number, maxWaiting: number, toRefusal: () => Error) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (running < concurrency) running += 1;
    else if (waiting.length >= maxWaiting) throw toRefusal();
    // The previous task does not lower `running`, but passes its place on.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
