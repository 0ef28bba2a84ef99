import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createServiceApp } from './create-app';
import { whenUp, type HealthCheck } from './http/health';
import type { Service } from './run-service';

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
  /** Of what the service keeps its data in. It listens when they have passed, or after three seconds, for it has answers without them. */
  readonly checks: Record<string, HealthCheck>;
  /** Of other services: reported beside the former, never waited for. */
  readonly neighbours?: Record<string, HealthCheck>;
  readonly trustedProxies?: number;
  readonly metrics?: Registry;
  readonly continuesTraces?: boolean;
  close(): Promise<void>;
}

const prepareWithinMs = 3000;

/** A service's own routes and dependencies, put together with what all services do alike, ready to run. */
export function assembleService(config: ServiceConfig, log: Logger, parts: ServiceParts): Service {
  const { checks, neighbours, close, ...rest } = parts;
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
    async prepare() {
      if (!(await whenUp(checks, prepareWithinMs))) log.warn('starting although something that it needs is away');
    },
    close,
  };
}
