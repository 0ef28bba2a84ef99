import { until } from './until';

/**
 * Resolves when the service answers `/readyz` with every dependency up, but for those it has to do without. Rejects with what is missing:
 * "gateway /readyz: inventory down".
 */
export const untilReady = (service: string, url: string, without: readonly string[] = []): Promise<void> =>
  until(`${service} is ready`, () => readiness(service, url, without), 30_000);

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
    return `${service} /readyz: ${error instanceof Error ? String(error.cause ?? error.message) : String(error)}`;
  }
}
