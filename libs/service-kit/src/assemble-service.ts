import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createServiceApp } from './create-app';
import type { HealthCheck } from './http/health';
import type { Service } from './run-service';

export interface ServiceConfig {
  readonly PORT: number;
  readonly ADMIN_PORT?: number;
  readonly HOST: string;
  readonly DRAIN_SECONDS: number;
}

export interface ServiceParts {
  readonly routes: Router;
  readonly checks: Record<string, HealthCheck>;
  readonly trustedProxies?: number;
  readonly metrics?: Registry;
  readonly continuesTraces?: boolean;
  close(): Promise<void>;
}

/** A service's own routes and dependencies, put together with what all services do alike, ready to run. */
export function assembleService(config: ServiceConfig, log: Logger, { close, ...parts }: ServiceParts): Service {
  return {
    ...createServiceApp({ ...parts, log, separateAdmin: config.ADMIN_PORT !== undefined }),
    port: config.PORT,
    adminPort: config.ADMIN_PORT,
    host: config.HOST,
    drainSeconds: config.DRAIN_SECONDS,
    log,
    close,
  };
}
