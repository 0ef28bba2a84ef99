import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
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

/** How long calls to Redis take, by the script's name, and whether there is a Redis: for the settings and events of a connection. */
export function observeRedis(registry: Registry) {
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
  return {
    onCall({ command, durationMs, outcome }: Call): void {
      duration.observe({ command, outcome }, durationMs / 1000);
      noteSpan(command, durationMs, outcome, 'redis');
    },
    onState(state: string): void {
      if (state === 'ready') up.set(1);
      else if (state === 'closed' || state === 'connecting') up.set(0);
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
