import { performance } from 'node:perf_hooks';
import { noteSpan } from '@badger-store/service-kit';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Step, StepWatcher } from './domain/checkout-steps';
import type { Order } from './domain/order';
import type { PlaceOrder } from './domain/place-order';

/** How long the steps of checkouts take, and how they end: one watcher for each checkout. */
export function observeSteps(registry: Registry): () => StepWatcher {
  const duration = new Histogram({
    name: 'checkout_step_duration_seconds',
    help: 'Duration of the steps of checkouts',
    labelNames: ['step', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return () => {
    const began = new Map<Step, number>();
    return {
      begins: (step) => void began.set(step, performance.now()),
      ends(step, error) {
        const durationMs = performance.now() - (began.get(step) ?? performance.now());
        const outcome = error === undefined ? 'ok' : 'failed';
        duration.observe({ step, outcome }, durationMs / 1000);
        noteSpan(step, durationMs, outcome);
      },
    };
  };
}

/** Counts checkouts by what came of them: `paid`, or the code of the problem. */
export function countOutcomes(registry: Registry, placeOrder: PlaceOrder): PlaceOrder {
  const checkouts = new Counter({
    name: 'checkouts_total',
    help: 'Checkouts by what came of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return async (request): Promise<Order> => {
    try {
      const order = await placeOrder(request);
      checkouts.inc({ outcome: order.status });
      return order;
    } catch (error) {
      checkouts.inc({ outcome: codeOf(error) });
      throw error;
    }
  };
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return (code === 'CHECKOUT_REFUSED' ? cause?.code : code) ?? 'INTERNAL';
}
