import { performance } from 'node:perf_hooks';
import { recordSpan } from '@badger-store/service-kit';
import { orderStatuses } from '@badger-store/store-api';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PlaceOrder } from './domain/place-order';
import type { Backlog } from './domain/ports';
import type { Trace } from './domain/ports';

/** Measures the steps of checkouts; `inner` runs each step. */
export function observeSteps(registry: Registry, inner: Trace): Trace {
  const duration = new Histogram({
    name: 'checkout_step_duration_seconds',
    help: 'Duration of each step of a checkout',
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
      recordSpan(step, durationMs, outcome);
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

/** Returns a job that reads the backlog and updates its metrics. */
export function observeBacklog(registry: Registry, readBacklog: () => Promise<Backlog>): () => Promise<void> {
  const registers = [registry];
  const unfinished = new Gauge({
    name: 'orders_unfinished',
    help: 'Orders that are pending, or that the sweeper still has work for, by status',
    labelNames: ['status'],
    registers,
  });
  const maxAge = new Gauge({
    name: 'orders_unfinished_max_age_seconds',
    help: 'Age of the oldest unfinished order',
    registers,
  });
  const unpublished = new Gauge({
    name: 'order_events_unpublished',
    help: 'Order events in the outbox, not yet in the Redis stream',
    registers,
  });
  return async () => {
    const { unfinishedOrders, maxAgeSeconds, unpublishedEvents } = await readBacklog();
    for (const status of orderStatuses) unfinished.set({ status }, unfinishedOrders[status] ?? 0);
    maxAge.set(maxAgeSeconds);
    unpublished.set(unpublishedEvents);
  };
}
