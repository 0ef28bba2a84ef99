import express, { type Express, type Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { healthRoutes, type Finding, type HealthCheck, type Lifecycle } from './http/health';
import { observeRequests } from './http/observe-requests';
import { noSuchRoute, problemHandler } from './http/problem-handler';
import { requestId } from './http/request-id';
import { createMetrics } from './telemetry/metrics';

export interface AppParts {
  readonly log: Logger;
  readonly routes: Router;
  readonly checks: Record<string, HealthCheck>;
  /** What is wrong with how dependencies are set up, for the body of `/readyz`. */
  readonly findings?: () => readonly Finding[];
  /** Health and metrics answer on another port alone. */
  readonly separateAdmin: boolean;
  /** How many proxies in front are ours, so that what they say of the client is believed; default 0. */
  readonly trustedProxies?: number;
  /** What `createMetrics` made, with the service's own metrics; a fresh one where it has none. */
  readonly metrics?: Registry;
  /** Whoever calls may say which trace a request belongs to; default true. Not for strangers. */
  readonly continuesTraces?: boolean;
}

export interface ServiceApp {
  readonly app: Express;
  readonly admin: Express;
  readonly lifecycle: { phase: Lifecycle['phase'] };
}

/** What every service of the store does alike: request ids, one log line a request, metrics, health, problems. */
export function createServiceApp(parts: AppParts): ServiceApp {
  const { log, routes, checks, separateAdmin, trustedProxies = 0, continuesTraces = true } = parts;
  const registry = parts.metrics ?? createMetrics();
  const lifecycle: { phase: Lifecycle['phase'] } = { phase: 'starting' };
  const health = healthRoutes(lifecycle, checks, registry, parts.findings);

  const admin = bareApp();
  admin.use(requestId, health, noSuchRoute, problemHandler(log));

  const app = bareApp();
  app.set('trust proxy', trustedProxies);
  if (!separateAdmin) app.use(health);
  app.use(requestId, observeRequests(log, registry, continuesTraces), routes, noSuchRoute, problemHandler(log));
  return { app, admin, lifecycle };
}

function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  return app;
}
