/** Settles as the work does, or rejects once the signal aborts; the work itself may continue. Does no work after an abort. */
export function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    const stopListening = () => signal.removeEventListener('abort', abort);
    work().then(resolve, reject).finally(stopListening);
  });
}
