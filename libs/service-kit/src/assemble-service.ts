import type { RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createServiceApp } from './create-app';
import { whenUp, type Finding, type HealthCheck } from './http/health';
import { mustBeSecure } from './settings/production-settings';
import { StartError, type Service } from './run-service';

export interface ServiceConfig {
  readonly PORT: number;
  readonly ADMIN_PORT?: number;
  readonly HOST: string;
  readonly DRAIN_SECONDS: number;
  readonly NODE_ENV?: string;
  readonly DANGEROUSLY_ALLOW_INSECURE_SETTINGS?: boolean;
}

export interface ServiceParts {
  readonly routes: Router;
  readonly adminRoutes?: Router;
  /** Of what the service keeps its data in. It listens when they have passed, or after three seconds, for it has answers without them. */
  readonly checks: Record<string, HealthCheck>;
  /** Of other services: reported beside the former, never waited for. */
  readonly neighbours?: Record<string, HealthCheck>;
  /** What is wrong with how they are set up: at the start a reason to stop, later on one to tell. */
  readonly findings?: () => readonly Finding[];
  readonly trustedProxies?: number;
  readonly metrics?: Registry;
  readonly continuesTraces?: boolean;
  readonly cors?: RequestHandler;
  readonly notFoundPage?: string;
  /** Of the response to what is not HTTP, or never becomes a request. */
  readonly refusalHeaders?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const prepareWithinMs = 3000;

/** A service's own routes and dependencies, put together with what all services do alike, ready to run. */
export function assembleService(config: ServiceConfig, log: Logger, parts: ServiceParts): Service {
  const { checks, neighbours, close, refusalHeaders, ...rest } = parts;
  if (config.NODE_ENV === 'production' && config.DANGEROUSLY_ALLOW_INSECURE_SETTINGS) {
    log.warn('DANGEROUSLY_ALLOW_INSECURE_SETTINGS is on: this store is not fit to sell');
  }
  const separateAdmin = config.ADMIN_PORT !== undefined;
  return {
    ...createServiceApp({ ...rest, checks: { ...checks, ...neighbours }, log, separateAdmin }),
    port: config.PORT,
    adminPort: config.ADMIN_PORT,
    host: config.HOST,
    drainSeconds: config.DRAIN_SECONDS,
    log,
    refusalHeaders,
    async prepare() {
      const areUp = await whenUp(checks, prepareWithinMs);
      const fatal = (parts.findings?.() ?? []).filter((finding) => isFatal(finding, config));
      if (fatal.length > 0) throw new StartError(fatal.map(({ message }) => message).join(' '));
      if (!areUp) log.warn('starting although something that it needs is away');
    },
    close,
  };
}

/** Without persistence a store can be tried out, but not be in production. */
const isFatal = ({ code }: Finding, { NODE_ENV, DANGEROUSLY_ALLOW_INSECURE_SETTINGS = false }: ServiceConfig) =>
  code !== 'persistence' || mustBeSecure({ NODE_ENV, DANGEROUSLY_ALLOW_INSECURE_SETTINGS });
