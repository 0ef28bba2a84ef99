import { until } from './until';

interface ReadyOptions {
  /** Dependencies that may be down. */
  readonly without?: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Resolves when `/readyz` of the service has every dependency up. Rejects with those that are missing:
 * "gateway /readyz: inventory down".
 */
export const untilReady = (
  service: string,
  url: string,
  { without = [], timeoutMs = 30_000 }: ReadyOptions = {},
): Promise<void> => until(`${service} is ready`, () => readiness(service, url, without), timeoutMs);

/** `true`, or what is missing. */
async function readiness(service: string, url: string, without: readonly string[]): Promise<true | string> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(2000) });
    const { status, dependencies } = (await response.json()) as {
      status: string;
      dependencies: Record<string, string>;
    };
    const missing = Object.entries(dependencies).filter(([name, state]) => state !== 'up' && !without.includes(name));
    if (response.ok && missing.length === 0) return true;
    return `${service} /readyz: ${missing.map((dependency) => dependency.join(' ')).join(', ') || status}`;
  } catch (error) {
    return `${service} /readyz: ${String((error as Error).cause ?? error)}`;
  }
}
