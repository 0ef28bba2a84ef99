export interface OutlierOptions {
  /** Consecutive failures that eject an address; default 3. */
  readonly consecutiveFailures?: number;
  /** The first ejection time, which doubles with each failed probe; default 200. */
  readonly baseEjectionMs?: number;
  /** Default 5000. */
  readonly maxEjectionMs?: number;
}

/** After Envoy: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier */
export interface OutlierDetection {
  /** For an ejected address, returns true once each ejection time: that request is the probe. */
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
      // Otherwise the request was in flight before the ejection.
    },
  };
}
