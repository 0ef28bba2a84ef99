import { createCarts } from '../../index';
import { report, runWorker, type WorkerInput } from './worker';

export interface PausingInput extends WorkerInput {
  readonly checkoutLeaseSeconds: number;
}

/** Checks out once, and has the order done when it gets a message. */
void runWorker<PausingInput>(async (redis, { cartId, checkoutLeaseSeconds }) => {
  const cache = createCarts({ redis, checkoutLeaseSeconds });
  const outcome = await cache.checkout(cartId, async (_items, checkoutId) => {
    const told = new Promise((resolve) => process.once('message', resolve));
    report({ started: checkoutId });
    await told;
    return { outcome: 'completed', result: 'paid' };
  });
  report({ ...outcome, cartError: outcome.cartError && { name: (outcome.cartError as Error).name } });
});
