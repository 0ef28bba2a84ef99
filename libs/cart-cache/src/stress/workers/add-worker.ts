import { setTimeout as sleep } from 'node:timers/promises';
import { RedisUnavailableError } from '@badger-store/redis-kit';
import { createCarts } from '../../index';
import { report, runWorker, type WorkerInput } from './worker';

export interface AddInput extends WorkerInput {
  readonly name: string;
  readonly adds: number;
  /** How many of them have an idempotency key; a cart remembers a limited number of keys. */
  readonly addsWithKey: number;
}

export interface AddReport {
  readonly acknowledged: number;
  /** Adds without an idempotency key whose reply was lost, so they cannot be repeated. */
  readonly unclear: number;
  readonly repeats: number;
}

void runWorker<AddInput>(async (redis, { cartId, name, adds, addsWithKey }) => {
  const cache = createCarts({ redis, maxQuantity: 1_000_000 });
  const count = { acknowledged: 0, unclear: 0, repeats: 0 };
  for (let i = 0; i < adds; i += 1) {
    const idempotencyKey = i < addsWithKey ? `${name}-${i}` : undefined;
    const add = () => cache.addQuantity(cartId, `item-${i % 4}`, 1, { idempotencyKey });
    try {
      // Every third add is sent twice, as by a client that did not receive the reply.
      if (idempotencyKey && i % 3 === 0) {
        await add();
        count.repeats += 1;
      }
      await add();
      count.acknowledged += 1;
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      if (!idempotencyKey && error.outcomeUnknown) count.unclear += 1;
      else i -= 1;
    }
    await sleep(Math.random() * 15);
  }
  report(count satisfies AddReport);
});
