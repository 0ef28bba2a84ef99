/**
 * Does work with a signal that aborts when the given one does, or after that time.
 * `AbortSignal.any` is no way to do it: in Node 20 the garbage collector takes a time-out that no one else knows, and it never ends.
 */
export async function inTime<Result>(
  outer: AbortSignal,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const inner = new AbortController();
  const abort = () => inner.abort(outer.reason);
  const timer = setTimeout(() => inner.abort(new Error(`timeout of ${deadlineMs} ms`)), deadlineMs);
  outer.addEventListener('abort', abort, { once: true });
  try {
    if (outer.aborted) abort();
    return await work(inner.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  }
}
