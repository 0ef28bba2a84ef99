import express, {
  Router,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { RedisFinding } from '@badger-store/redis-kit';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createHealthRoutes, waitUntilUp, type HealthCheck, type Lifecycle } from './http/health';
import { createRequestDuration, observeRequests, setRequestId } from './http/observe-requests';
import { problemHandler } from './http/problem-handler';
import {
  createRouteNotFoundError,
  createUnmatchedError,
  readPaths,
  readRoutes,
  respondToOptions,
  type FindMethods,
} from './http/route-table';
import { assertWellFormedUrl } from './http/validate';
import { validateRequest } from './http/validate-request';
import { StartError, type Service } from './run-service';
import { mustBeSecure, type ProductionConfig } from './settings/production-settings';
import type { ServiceConfig } from './settings/service-settings';
import { createMetrics } from './telemetry/metrics';
import type { IdentityFiles } from './tls/tls';

type ProcessConfig = Pick<ServiceConfig, 'PORT' | 'ADMIN_PORT' | 'HTTPS_PORT' | 'HOST' | 'DRAIN_SECONDS'> &
  Partial<ProductionConfig>;

export interface ServiceParts {
  readonly routes: Router;
  /** Routes for other services of the store. */
  readonly adminRoutes?: Router;
  /** The service listens when these checks pass, or after 3 s. */
  readonly checks: Record<string, HealthCheck>;
  /** Checks of other services, for `/readyz` only. */
  readonly upstreamChecks?: Record<string, HealthCheck>;
  /** Misconfigurations of the dependencies. They prevent the start; later `/readyz` reports them. */
  readonly findings?: () => readonly RedisFinding[];
  /** How many reverse proxies Express trusts to report the client's address; default 0. */
  readonly trustedProxies?: number;
  readonly metrics?: Registry;
  /** Whether a request's `traceparent` is used; default true. Set it to false for requests of clients. */
  readonly continuesTraces?: boolean;
  /** Runs before any middleware that can refuse a request. */
  readonly cors?: RequestHandler;
  readonly refusalHeaders?: Service['refusalHeaders'];
  /** The HTML page for a 404 at this path to clients that prefer HTML to a problem. */
  readonly findNotFoundPage?: (path: string) => string | undefined;
  readonly identity?: IdentityFiles;
  close(): Promise<void>;
}

const prepareTimeoutMs = 3000;

/** Adds what all services have in common to a service's own routes: request ids, logs, metrics, traces, health and problems. */
export function assembleService(config: ProcessConfig, log: Logger, parts: ServiceParts): Service {
  const {
    checks,
    upstreamChecks,
    findings = () => [],
    metrics = createMetrics(),
    refusalHeaders,
    identity,
    close,
  } = parts;
  if (config.NODE_ENV === 'production' && config.DANGEROUSLY_ALLOW_INSECURE_SETTINGS) {
    log.warn('DANGEROUSLY_ALLOW_INSECURE_SETTINGS is on: do not use this store for real orders');
  }
  const lifecycle: Lifecycle = { phase: 'starting' };
  const duration = createRequestDuration(metrics);
  const health = createHealthRoutes(lifecycle, { ...checks, ...upstreamChecks }, metrics, findings);
  const internal = [health, parts.adminRoutes ?? Router()];

  const admin = createBareApp();
  admin.use(setRequestId, ...withRequestRules(internal, readRoutes(...internal)), problemHandler(log));

  const { HTTPS_PORT: httpsPort } = config;
  return {
    app: createMainApp(config.ADMIN_PORT === undefined),
    admin,
    https: httpsPort === undefined || !identity ? undefined : { app: createMainApp(true), port: httpsPort, identity },
    lifecycle,
    onRefused: (status) => duration.observe({ method: 'none', route: 'none', status }, 0),
    port: config.PORT,
    adminPort: config.ADMIN_PORT,
    host: config.HOST,
    drainSeconds: config.DRAIN_SECONDS,
    log,
    refusalHeaders,
    async prepare() {
      const areUp = await waitUntilUp(checks, prepareTimeoutMs);
      const fatal = findings().filter((finding) => isFatal(finding, config));
      if (fatal.length > 0) throw new StartError(fatal.map(({ message }) => message).join(' '));
      if (!areUp) log.warn('starting although a dependency is unavailable');
    },
    close,
  };

  function createMainApp(hasInternalRoutes: boolean): Express {
    const { routes, cors, findNotFoundPage, continuesTraces = true, trustedProxies = 0 } = parts;
    const app = createBareApp();
    app.set('trust proxy', trustedProxies);
    app.use(setRequestId);
    if (hasInternalRoutes) {
      // Before observeRequests, because probes are neither logged nor counted. The check of the path is faster than a router without a match,
      // and a router would respond to OPTIONS itself.
      const paths = readPaths(...internal);
      for (const router of internal) {
        app.use((req, res, next) =>
          paths.has(req.path) && req.method !== 'OPTIONS' ? router(req, res, next) : next(),
        );
      }
    }
    app.use(observeRequests(log, duration, continuesTraces));
    if (cors) app.use(cors);
    const findMethods = hasInternalRoutes ? readRoutes(...internal, routes) : readRoutes(routes);
    return app.use(...withRequestRules([routes], findMethods), problemHandler(log, findNotFoundPage));
  }
}

/** Without persistence a store can be tried out, but not be in production. */
const isFatal = ({ code }: RedisFinding, { NODE_ENV, DANGEROUSLY_ALLOW_INSECURE_SETTINGS = false }: ProcessConfig) =>
  code !== 'persistence' || mustBeSecure({ NODE_ENV, DANGEROUSLY_ALLOW_INSECURE_SETTINGS });

function withRequestRules(routes: readonly Router[], findMethods: FindMethods): RequestHandler[] {
  return [
    (req: Request, res: Response, next: NextFunction) => {
      // A route whose response is public overwrites it.
      res.setHeader('Cache-Control', 'no-store');
      validateRequest(req);
      assertWellFormedUrl(req.url);
      // A router ignores a trailing slash.
      if (req.path.length > 1 && req.path.endsWith('/')) throw createRouteNotFoundError();
      if (req.method !== 'OPTIONS' || !respondToOptions(req, res, findMethods)) next();
    },
    ...routes,
    (req: Request, _res: Response, next: NextFunction) => next(createUnmatchedError(req, findMethods)),
  ];
}

function createBareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  return app;
}
