import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Finding } from '../http/health';
import { noteSpan } from './tracing';

/** Those of the process (CPU, memory, event-loop lag, garbage collection), for more to be added. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

interface Call {
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
}

const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

type RedisEvent =
  | { readonly state: 'connecting' | 'ready' | 'closed' | 'failover' }
  | { readonly state: 'error'; readonly error: Error }
  | { readonly state: 'inspected'; readonly findings: readonly Finding[] };

/**
 * How long calls to Redis take, by the script's name, whether there is a Redis, and what is wrong with how it is set up, in metrics
 * and the log: for the settings and events of a connection.
 */
export function observeRedis(registry: Registry, log: Logger) {
  const duration = new Histogram({
    name: 'redis_call_duration_seconds',
    help: 'Duration of calls to Redis, the cart cache’s among them, by script',
    labelNames: ['command', 'outcome'],
    buckets,
    registers: [registry],
  });
  const up = new Gauge({
    name: 'redis_up',
    help: 'Whether there is a connection to a Redis that takes writes',
    registers: [registry],
  });
  const wrong = new Gauge({
    name: 'redis_misconfigured',
    help: 'Whether Redis is set up as the store must not have it, by what is wrong: version, eviction, persistence, database, unreadable',
    labelNames: ['reason'],
    registers: [registry],
  });
  return {
    onCall({ command, durationMs, outcome }: Call): void {
      duration.observe({ command, outcome }, durationMs / 1000);
      noteSpan(command, durationMs, outcome, 'redis');
    },
    onEvent(event: RedisEvent): void {
      const { state } = event;
      if (state === 'ready') up.set(1);
      else if (state === 'closed' || state === 'connecting') up.set(0);
      if (state === 'error') log.warn({ err: event.error }, 'redis');
      else if (state !== 'inspected') log.info({ state }, 'redis');
      else {
        wrong.reset();
        for (const { code } of event.findings) wrong.set({ reason: code }, 1);
        for (const { message } of event.findings) log.warn(message);
        if (event.findings.length === 0) log.info('Redis is set up as the store needs it');
      }
    },
  };
}

/** How long statements take: for the settings of a pool. */
export function observePostgres(registry: Registry) {
  const duration = new Histogram({
    name: 'postgres_query_duration_seconds',
    help: 'Duration of statements in PostgreSQL, by kind',
    labelNames: ['command', 'outcome'],
    buckets,
    registers: [registry],
  });
  return ({ command, durationMs, outcome }: Call): void => {
    duration.observe({ command, outcome }, durationMs / 1000);
    noteSpan(command, durationMs, outcome, 'postgresql');
  };
}
