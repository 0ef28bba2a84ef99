import { performance } from 'node:perf_hooks';
import { noteSpan } from '@badger-store/service-kit';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { PlaceOrder } from './domain/place-order';
import type { Trace } from './domain/trace';

/** Observes how long the steps of checkouts take, and how they end; `inner` runs within. */
export function observeSteps(registry: Registry, inner: Trace): Trace {
  const duration = new Histogram({
    name: 'checkout_step_duration_seconds',
    help: 'Duration of the steps of checkouts',
    labelNames: ['step', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return async (step, work) => {
    const startedAt = performance.now();
    let outcome = 'failed';
    try {
      const result = await inner(step, work);
      outcome = 'ok';
      return result;
    } finally {
      const durationMs = performance.now() - startedAt;
      duration.observe({ step, outcome }, durationMs / 1000);
      noteSpan(step, durationMs, outcome);
    }
  };
}

/** Counts checkouts by outcome: `paid`, or the code of the problem. */
export function countOutcomes(registry: Registry, placeOrder: PlaceOrder): PlaceOrder {
  const checkouts = new Counter({
    name: 'checkouts_total',
    help: 'Checkouts by outcome: paid, or the code of the problem',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return async (request) => {
    try {
      const order = await placeOrder(request);
      checkouts.inc({ outcome: order.status });
      return order;
    } catch (error) {
      checkouts.inc({ outcome: (error as { code?: string }).code ?? 'INTERNAL' });
      throw error;
    }
  };
}
