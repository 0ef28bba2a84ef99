import type { QueryReport } from '@badger-store/postgres-kit';
import type { CallReport, RedisEvent } from '@badger-store/redis-kit';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ServiceName } from '../settings/service-settings';
import { recordSpan } from './tracing';

/** A registry with the metrics of the process (CPU, memory, event-loop lag, garbage collection). */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function observeRedis(registry: Registry, log: Logger) {
  const duration = new Histogram({
    name: 'redis_call_duration_seconds',
    help: 'Duration of calls to Redis, by script',
    labelNames: ['command', 'outcome'],
    buckets,
    registers: [registry],
  });
  const up = new Gauge({
    name: 'redis_up',
    help: 'Whether the service has a connection to a Redis that accepts writes',
    registers: [registry],
  });
  const misconfigured = new Gauge({
    name: 'redis_misconfigured',
    help: 'Whether the configuration of Redis is unsafe, by reason: version, eviction, persistence, database, unreadable',
    labelNames: ['reason'],
    registers: [registry],
  });
  return {
    onCall({ command, durationMs, outcome }: CallReport): void {
      duration.observe({ command, outcome }, durationMs / 1000);
      recordSpan(command, durationMs, outcome, 'redis');
    },
    onEvent(event: RedisEvent): void {
      const { state } = event;
      if (state === 'ready') up.set(1);
      else if (state === 'closed' || state === 'connecting') up.set(0);
      if (state === 'error') log.warn({ err: event.error }, 'redis connection failed');
      else if (state !== 'inspected') log.info({ state }, 'redis connection changed');
      else {
        misconfigured.reset();
        for (const { code } of event.findings) misconfigured.set({ reason: code }, 1);
        for (const { message } of event.findings) log.warn(message);
        if (event.findings.length === 0) log.info('the configuration of Redis is safe');
      }
    },
  };
}

/** Handlers for the certificates of servers, by server. */
export function observeCertificates(registry: Registry) {
  const expiry = new Gauge({
    name: 'tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of a server ends: redis, postgres or a service. It is that of the last connection, and the own one of a service with HTTPS',
    labelNames: ['server'],
    registers: [registry],
  });
  return (server: 'redis' | 'postgres' | ServiceName) =>
    (expiresAt: Date): void =>
      expiry.set({ server }, expiresAt.getTime() / 1000);
}

export function observePostgres(registry: Registry) {
  const duration = new Histogram({
    name: 'postgres_query_duration_seconds',
    help: 'Duration of statements in PostgreSQL, by command',
    labelNames: ['command', 'outcome'],
    buckets,
    registers: [registry],
  });
  return ({ command, durationMs, outcome }: QueryReport): void => {
    duration.observe({ command, outcome }, durationMs / 1000);
    recordSpan(command, durationMs, outcome, 'postgresql');
  };
}
