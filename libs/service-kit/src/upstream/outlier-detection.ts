export interface OutlierOptions {
  /** Consecutive requests without a response that eject an address; default 3. A failed connect ejects it at once. */
  readonly consecutiveFailures?: number;
  /** The first ejection time, which doubles with each failed probe; default 200. */
  readonly baseEjectionMs?: number;
  /** Default 5000. */
  readonly maxEjectionMs?: number;
  readonly onEjected?: () => void;
}

/** After Envoy: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier */
export interface OutlierDetection {
  /** For an ejected address, returns true once after each successful probe: that request decides. */
  admits(): boolean;
  succeeded(): void;
  failed(): void;
  eject(): void;
}

/** `probe` resolves to whether the address is alive. It is called once each ejection time, while requests come. */
export function createOutlierDetection(probe: () => Promise<boolean>, options: OutlierOptions = {}): OutlierDetection {
  const { consecutiveFailures = 3, baseEjectionMs = 200, maxEjectionMs = 5000, onEjected } = options;
  let failures = 0;
  let failedProbes = 0;
  let nextProbeAt = 0;
  let state: 'admitted' | 'ejected' | 'probing' | 'alive' | 'on trial' = 'admitted';

  const startEjectionTime = () => {
    const ejectionMs = Math.min(maxEjectionMs, baseEjectionMs * 2 ** Math.min(failedProbes, 20));
    nextProbeAt = performance.now() + ejectionMs * (0.5 + Math.random() / 2);
  };
  const eject = () => {
    state = 'ejected';
    startEjectionTime();
    onEjected?.();
  };
  const ejectAgain = () => {
    failedProbes += 1;
    eject();
  };
  const startProbe = async () => {
    state = 'probing';
    const isAlive = await probe();
    if (state !== 'probing') return;
    if (isAlive) state = 'alive';
    else ejectAgain();
  };
  return {
    admits() {
      if (state === 'alive') {
        state = 'on trial';
        // That request may end without a decision.
        startEjectionTime();
        return true;
      }
      const isEjected = state === 'ejected' || state === 'on trial';
      if (isEjected && performance.now() >= nextProbeAt) void startProbe();
      return state === 'admitted';
    },
    succeeded() {
      failures = 0;
      failedProbes = 0;
      state = 'admitted';
    },
    failed() {
      failures += 1;
      if (state === 'on trial') ejectAgain();
      else if (state === 'admitted' && failures >= consecutiveFailures) eject();
      // Otherwise the request was in flight before the ejection.
    },
    eject() {
      if (state === 'on trial') ejectAgain();
      else if (state === 'admitted' || state === 'alive') eject();
    },
  };
}
