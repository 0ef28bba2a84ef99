import { Gauge, type Registry } from 'prom-client';
import type { Backlog } from './domain/ports';
import { orderStatuses } from './domain/order';

/** Keeps the metrics of the backlog up to date, each time it is called. */
export function observeBacklog(registry: Registry, look: () => Promise<Backlog>): () => Promise<void> {
  const registers = [registry];
  const open = new Gauge({
    name: 'orders_open',
    help: 'Orders of which something is left to do',
    labelNames: ['status'],
    registers,
  });
  const oldest = new Gauge({
    name: 'orders_open_oldest_seconds',
    help: 'Age of the oldest order of which something is left to do',
    registers,
  });
  const waiting = new Gauge({
    name: 'order_events_waiting',
    help: 'Order events in the outbox',
    registers,
  });
  return async () => {
    const { openOrders, oldestSeconds, waitingEvents } = await look();
    for (const status of orderStatuses) open.set({ status }, openOrders[status] ?? 0);
    oldest.set(oldestSeconds);
    waiting.set(waitingEvents);
  };
}
