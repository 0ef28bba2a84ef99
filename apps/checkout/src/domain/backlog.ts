import type { OrderStatus } from './order-states';

/** What is left to be done beside requests. */
export interface Backlog {
  /** Orders that are not closed, by status. */
  readonly openOrders: Readonly<Partial<Record<OrderStatus, number>>>;
  /** Age of the oldest of them in seconds; 0 where there is none. */
  readonly oldestSeconds: number;
  /** Order events that are in the outbox. */
  readonly waitingEvents: number;
}
