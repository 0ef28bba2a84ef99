import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import type { Registry } from 'prom-client';

/** Resolves when the dependency does all that the service needs; rejects with an error whose `state` says more than `down`, if it has one. */
export type HealthCheck = () => Promise<void>;

export interface Lifecycle {
  readonly phase: 'starting' | 'serving' | 'draining';
}

const checkTimeoutMs = 1000;
const askAgainMs = 20;

/**
 * `/livez` touches nothing. `/readyz` is 503 only while starting or draining: a dependency that is away is reported in the
 * body, for taking every replica out of service because a shared Redis is away would help nobody.
 */
export function healthRoutes(lifecycle: Lifecycle, checks: Record<string, HealthCheck>, registry: Registry): Router {
  const router = Router({ caseSensitive: true });
  router.get('/livez', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const dependencies = await statesOf(checks);
    res.status(lifecycle.phase === 'serving' ? 200 : 503);
    res.json({ status: lifecycle.phase, dependencies });
  });
  router.get('/metrics', async (_req, res) => {
    res.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

/** Resolves to whether every check has passed, at once or within that time. */
export async function whenUp(checks: Record<string, HealthCheck>, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  for (;;) {
    const states = Object.values(await statesOf(checks));
    if (states.every((state) => state === 'up')) return true;
    if (performance.now() > end) return false;
    await sleep(askAgainMs);
  }
}

async function statesOf(checks: Record<string, HealthCheck>): Promise<Record<string, string>> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const),
  );
  return Object.fromEntries(states);
}

async function stateOf(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), checkTimeoutMs);
  });
  return Promise.race([Promise.resolve().then(check), late])
    .then(
      () => 'up',
      (error: unknown) => (error as { state?: string } | undefined)?.state ?? 'down',
    )
    .finally(() => clearTimeout(timer));
}
