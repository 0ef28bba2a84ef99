import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type NextFunction, type Request, type Response } from 'express';
import type { Registry } from 'prom-client';
import { withTimeout } from '@badger-store/redis-kit';
import { validateRequest } from './validate-request';

/** Resolves when the dependency does all that the service needs; rejects with an error whose `state` says more than `down`, if it has one. */
export type HealthCheck = () => Promise<void>;

/** What is wrong with how a dependency is set up, although it answers. */
export interface Finding {
  readonly code: string;
  /** In plain words, for operators. */
  readonly message: string;
}

export interface Lifecycle {
  readonly phase: 'starting' | 'serving' | 'draining';
}

const checkTimeoutMs = 1000;
const askAgainMs = 20;

/**
 * `/livez` touches nothing. `/readyz` is 503 only while starting or draining: a dependency that is away is reported in the
 * body, as is one that is set up wrongly, for taking every replica out of service because a shared Redis is away would help nobody.
 */
export function healthRoutes(
  lifecycle: Lifecycle,
  checks: Record<string, HealthCheck>,
  registry: Registry,
  findings: () => readonly Finding[] = () => [],
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/livez', begin, (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', begin, async (_req, res) => {
    const dependencies = await statesOf(checks);
    if (lifecycle.phase === 'serving') res.status(200);
    else res.status(503).set('Retry-After', '1');
    const warnings = findings().map(({ message }) => message);
    res.json({ status: lifecycle.phase, dependencies, ...(warnings.length > 0 && { warnings }) });
  });
  router.get('/metrics', begin, async (_req, res) => {
    res.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

/** A request that is not valid is left to the app, which refuses it. */
function begin(req: Request, res: Response, next: NextFunction): void {
  try {
    validateRequest(req);
  } catch {
    return next('route');
  }
  res.set('Cache-Control', 'no-store');
  next();
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
  try {
    await withTimeout(checkTimeoutMs, Promise.resolve().then(check));
    return 'up';
  } catch (error) {
    return (error as { state?: string } | undefined)?.state ?? 'down';
  }
}
