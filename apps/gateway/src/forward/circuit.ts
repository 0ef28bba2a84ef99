export interface CircuitOptions {
  /** In a row; default 3. */
  readonly failuresToOpen?: number;
  /** Until the first probe; doubles with each that fails, with jitter. Default 200. */
  readonly firstPauseMs?: number;
  /** Default 5000. */
  readonly longestPauseMs?: number;
}

/** Keeps requests from an upstream that cannot be reached or never answers: https://martinfowler.com/bliki/CircuitBreaker.html */
export interface Circuit {
  /** While it is open, `true` once a pause: whoever hears it is the probe. */
  mayTry(): boolean;
  succeeded(): void;
  failed(): void;
}

export function createCircuit({
  failuresToOpen = 3,
  firstPauseMs = 200,
  longestPauseMs = 5000,
}: CircuitOptions = {}): Circuit {
  let failures = 0;
  let failedProbes = 0;
  let isProbing = false;
  let nextProbeAt = 0;
  const isOpen = () => failures >= failuresToOpen;
  const pause = () => {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failedProbes, 20));
    nextProbeAt = performance.now() + pauseMs * (0.5 + Math.random() / 2);
  };
  return {
    mayTry() {
      if (!isOpen()) return true;
      if (performance.now() < nextProbeAt) return false;
      isProbing = true;
      pause();
      return true;
    },
    succeeded() {
      failures = 0;
      failedProbes = 0;
      isProbing = false;
    },
    failed() {
      if (!isOpen()) {
        failures += 1;
        if (isOpen()) pause();
      } else if (isProbing) {
        isProbing = false;
        failedProbes += 1;
        pause();
      }
      // Else it was under way when the circuit opened, and says nothing new.
    },
  };
}
