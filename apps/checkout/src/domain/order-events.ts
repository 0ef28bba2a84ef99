import type { Order } from './order';

export interface OrderEvent {
  /** The same each time that it is published: by it a reader knows a repeat. */
  readonly id: string;
  readonly type: 'order.paid' | 'order.cancelled';
  readonly at: Date;
  readonly order: Order;
}

/** Events that were recorded together with what they tell of. */
export interface Outbox {
  /**
   * Hands the oldest events over, at most that many, and forgets them once `publish` resolved; another replica gets others meanwhile.
   * Resolves to how many they were.
   */
  publishBatch(limit: number, publish: (events: readonly OrderEvent[]) => Promise<void>): Promise<number>;
}

const batchSize = 100;

/** Publishes one batch of events: each at least once, whatever crashes. Resolves to whether there may be more. */
export async function publishEvents(
  outbox: Outbox,
  publish: (events: readonly OrderEvent[]) => Promise<void>,
): Promise<boolean> {
  return (await outbox.publishBatch(batchSize, publish)) === batchSize;
}
