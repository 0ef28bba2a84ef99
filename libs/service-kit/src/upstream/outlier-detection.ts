export interface OutlierOptions {
  /** Failures in a row that eject an address; default 3. */
  readonly consecutiveFailures?: number;
  /** Time of the first ejection; doubles with each probe that fails. Default 200. */
  readonly baseEjectionMs?: number;
  /** Default 5000. */
  readonly maxEjectionMs?: number;
}

/**
 * Ejects an address that refuses connections or does not respond, as Envoy does:
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier
 */
export interface OutlierDetection {
  /** While the address is ejected, `true` once for each ejection time: the caller is the probe. */
  admits(): boolean;
  succeeded(): void;
  failed(): void;
}

export function createOutlierDetection(options: OutlierOptions = {}): OutlierDetection {
  const { consecutiveFailures = 3, baseEjectionMs = 200, maxEjectionMs = 5000 } = options;
  let failures = 0;
  let failedProbes = 0;
  let isProbing = false;
  let nextProbeAt = 0;
  const isEjected = () => failures >= consecutiveFailures;
  const eject = () => {
    const ejectionMs = Math.min(maxEjectionMs, baseEjectionMs * 2 ** Math.min(failedProbes, 20));
    nextProbeAt = performance.now() + ejectionMs * (0.5 + Math.random() / 2);
  };
  return {
    admits() {
      if (!isEjected()) return true;
      if (performance.now() < nextProbeAt) return false;
      isProbing = true;
      eject();
      return true;
    },
    succeeded() {
      failures = 0;
      failedProbes = 0;
      isProbing = false;
    },
    failed() {
      if (!isEjected()) {
        failures += 1;
        if (isEjected()) eject();
      } else if (isProbing) {
        isProbing = false;
        failedProbes += 1;
        eject();
      }
      // Else the request was in flight when the address was ejected, and says nothing new.
    },
  };
}
