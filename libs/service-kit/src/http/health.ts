import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type NextFunction, type Request, type Response } from 'express';
import type { Registry } from 'prom-client';
import { withTimeout, type RedisFinding } from '@badger-store/redis-kit';
import { validateRequest } from './validate-request';

/** Resolves if the dependency works. Otherwise rejects, with an error whose optional `state` replaces `down` in `/readyz`. */
export type HealthCheck = () => Promise<void>;

export interface Lifecycle {
  phase: 'starting' | 'serving' | 'draining';
}

const checkTimeoutMs = 1000;
const retryMs = 20;

/**
 * `/livez` checks nothing. `/readyz` is 503 only while the service starts or drains. It reports a dependency that is down in its body:
 * a 503 would take every replica out of service when a shared Redis fails.
 */
export function createHealthRoutes(
  lifecycle: Lifecycle,
  checks: Record<string, HealthCheck>,
  registry: Registry,
  findings: () => readonly RedisFinding[],
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/livez', prepare, (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', prepare, async (_req, res) => {
    const dependencies = await getStates(checks);
    if (lifecycle.phase !== 'serving') res.status(503).set('Retry-After', '1');
    const warnings = findings().map(({ message }) => message);
    res.json({ status: lifecycle.phase, dependencies, ...(warnings.length > 0 && { warnings }) });
  });
  router.get('/metrics', prepare, async (_req, res) => {
    res.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

/** Leaves an invalid request to the app, which refuses it. */
function prepare(req: Request, res: Response, next: NextFunction): void {
  try {
    validateRequest(req);
  } catch {
    return next('route');
  }
  res.set('Cache-Control', 'no-store');
  next();
}

/** Resolves to true as soon as every check passes, and to false after `timeoutMs`. */
export async function waitUntilUp(checks: Record<string, HealthCheck>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const states = Object.values(await getStates(checks));
    if (states.every((state) => state === 'up')) return true;
    if (performance.now() > end) return false;
    await sleep(retryMs);
  }
}

async function getStates(checks: Record<string, HealthCheck>): Promise<Record<string, string>> {
  const states = Object.entries(checks).map(async ([name, check]) => {
    try {
      await withTimeout(checkTimeoutMs, Promise.resolve().then(check));
      return [name, 'up'] as const;
    } catch (error) {
      return [name, (error as { state?: string } | undefined)?.state ?? 'down'] as const;
    }
  });
  return Object.fromEntries(await Promise.all(states));
}
