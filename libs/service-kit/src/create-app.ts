import express, {
  Router,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { healthRoutes, type Finding, type HealthCheck, type Lifecycle } from './http/health';
import { createRequestDuration, observeRequests } from './http/observe-requests';
import { problemHandler } from './http/problem-handler';
import { requestId } from './http/request-id';
import {
  answerOptions,
  noSuchRoute,
  readPaths,
  readRoutes,
  toUnmatchedError,
  type FindMethods,
} from './http/route-table';
import { validateRequest } from './http/validate-request';
import { assertWellFormedUrl } from './http/well-formed-text';
import { createMetrics } from './telemetry/metrics';

export interface AppParts {
  readonly log: Logger;
  readonly routes: Router;
  /** For other services of the store alone: on the port of health and metrics. */
  readonly adminRoutes?: Router;
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
  /** Sets the headers that let pages of other origins read a response, before anything else can refuse the request. */
  readonly cors?: RequestHandler;
  /** HTML for browsers that ask for what is not there; without it they get a problem too. */
  readonly notFoundPage?: string;
}

export interface ServiceApp {
  readonly app: Express;
  readonly admin: Express;
  readonly lifecycle: { phase: Lifecycle['phase'] };
  /** Counts a request that did not reach the app. */
  readonly onRefused: (status: number) => void;
}

/** What every service of the store does alike: request ids, one log line a request, metrics, health, problems. */
export function createServiceApp(parts: AppParts): ServiceApp {
  const {
    log,
    routes,
    adminRoutes = Router(),
    checks,
    separateAdmin,
    trustedProxies = 0,
    continuesTraces = true,
  } = parts;
  const registry = parts.metrics ?? createMetrics();
  const lifecycle: { phase: Lifecycle['phase'] } = { phase: 'starting' };
  const health = healthRoutes(lifecycle, checks, registry, parts.findings);
  const duration = createRequestDuration(registry);

  const admin = bareApp();
  const internal = [health, adminRoutes];
  admin.use(requestId, ...between(internal, readRoutes(...internal)), problemHandler(log));

  const app = bareApp();
  app.set('trust proxy', trustedProxies);
  app.use(requestId);
  if (!separateAdmin) {
    // Probes and polls are neither logged nor counted. To OPTIONS a router gives an answer of its own, and a router in which nothing
    // matches costs every other request a turn of the event loop.
    const paths = readPaths(...internal);
    for (const router of internal) {
      app.use((req, res, next) => (paths.has(req.path) && req.method !== 'OPTIONS' ? router(req, res, next) : next()));
    }
  }
  app.use(observeRequests(log, duration, continuesTraces));
  if (parts.cors) app.use(parts.cors);
  const findMethods = separateAdmin ? readRoutes(routes) : readRoutes(...internal, routes);
  app.use(...between([routes], findMethods), problemHandler(log, parts.notFoundPage));
  const onRefused = (status: number) => duration.observe({ method: 'none', route: 'none', status }, 0);
  return { app, admin, lifecycle, onRefused };
}

/** The routes, between the rules for every request and the response to those that no route answers. */
function between(routes: readonly Router[], findMethods: FindMethods): RequestHandler[] {
  return [
    (req: Request, res: Response, next: NextFunction) => {
      // Of whom a response is, is for the route to say that lets others keep it.
      res.setHeader('Cache-Control', 'no-store');
      validateRequest(req);
      assertWellFormedUrl(req.url);
      // To a router it is the same path.
      if (req.path.length > 1 && req.path.endsWith('/')) throw noSuchRoute();
      if (req.method !== 'OPTIONS' || !answerOptions(req, res, findMethods)) next();
    },
    ...routes,
    (req: Request, _res: Response, next: NextFunction) => next(toUnmatchedError(req, findMethods)),
  ];
}

function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  return app;
}
