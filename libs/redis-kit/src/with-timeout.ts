/** Rejects with `createError()` when the promise has not settled after `timeoutMs`; the work behind the promise continues. */
export async function withTimeout<Result>(
  timeoutMs: number,
  promise: Promise<Result>,
  createError = () => new Error(`No result within ${timeoutMs} ms`),
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(createError()), timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
