import { createCarts } from '../../index';
import { report, runWorker, type WorkerInput } from './worker';

export interface PausingInput extends WorkerInput {
  readonly checkoutLeaseSeconds: number;
}

/** Checks out once, and completes the order when it gets a message. */
void runWorker<PausingInput>(async (redis, { cartId, checkoutLeaseSeconds }) => {
  const cache = createCarts({ redis, checkoutLeaseSeconds });
  const outcome = await cache.checkout(cartId, async (_items, checkoutId) => {
    const messageReceived = new Promise((resolve) => process.once('message', resolve));
    report({ started: checkoutId });
    await messageReceived;
    return { outcome: 'completed', result: 'paid' };
  });
  report({ ...outcome, cartError: outcome.cartError && { name: (outcome.cartError as Error).name } });
});
