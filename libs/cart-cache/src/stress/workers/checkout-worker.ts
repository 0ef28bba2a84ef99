import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { CartError, createCarts } from '../../index';
import { createLedger } from '../ledger';
import { report, runWorker, type WorkerInput } from './worker';

export interface CheckoutInput extends WorkerInput {
  readonly ledgerUrl: string;
  readonly checkoutLeaseSeconds: number;
}

/** Checks out repeatedly until it gets a message or is killed; a quarter of the orders is rejected, a quarter has an unknown outcome. */
void runWorker<CheckoutInput>(async (redis, { cartId, ledgerUrl, checkoutLeaseSeconds }) => {
  const cache = createCarts({ redis, checkoutLeaseSeconds });
  const orders = new Redis(ledgerUrl);
  const ledger = createLedger(orders);
  let isEnding = false;
  process.once('message', () => (isEnding = true));
  const pause = () => sleep(Math.random() * 10);

  while (!isEnding) {
    const fate = Math.random();
    const checkout = cache.checkout(cartId, async (lines, checkoutId) => {
      await pause();
      if (fate < 0.15) throw new Error('no response, before anything was decided');
      const decision = await ledger.decide(checkoutId, lines, fate < 0.4 ? 'refused' : 'done');
      await pause();
      if (decision === 'refused') return { outcome: 'rejected', reason: 'declined' };
      if (fate > 0.85) throw new Error('no response, although it is ordered');
      return { outcome: 'completed', result: undefined };
    });
    const outcome = await checkout.then(
      ({ outcome }) => outcome,
      (error: unknown) => {
        if (error instanceof CartError) return error.code;
        throw error;
      },
    );
    report({ outcome });
    await pause();
  }
  orders.disconnect();
});
