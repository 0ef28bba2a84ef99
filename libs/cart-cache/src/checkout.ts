import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { CartCache, ProcessOrder } from './cart-cache';
import { CheckoutOutcomeUnknownError, CheckoutRefusedError, CheckoutSettlePendingError } from './cart-errors';
import { assertRecord, assertUserToken } from './cart-rules';
import { claimScript, releaseScript, renewScript, settleScript, type Claim } from './cart-scripts';

interface CheckoutSettings {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly ttlMs: number;
  readonly leaseMs: number;
}

/** An open checkout and its cart outlive a weekend without a working Redis client. */
const keepMs = 48 * 3600 * 1000;

/** The attempt's claim went to another attempt, or its lease ended unrenewed: nothing that it does counts any more. */
class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

export function createCheckout({ redis, ttlMs, leaseMs }: CheckoutSettings): CartCache['checkout'] {
  return async (userToken, processOrder, options = {}) => {
    assertUserToken(userToken);
    const { openCheckout } = options;
    if (openCheckout !== undefined && openCheckout !== null) assertRecord(openCheckout);
    const attemptId = randomUUID();
    const claim = await redis.run(claimScript, {
      userToken,
      checkoutId: randomUUID(),
      attemptId,
      leaseMs,
      keepMs: Math.max(keepMs, ttlMs),
      openCheckout,
    });
    const attempt = { userToken, attemptId, checkoutId: claim.checkoutId };
    const lease = holdLease(leaseMs, () => redis.run(renewScript, { ...attempt, leaseMs }));

    let result: Awaited<ReturnType<typeof processOrder>>;
    try {
      result = await attemptOrder(processOrder, claim, attemptId, lease.lost);
    } catch (error) {
      if (error instanceof CheckoutRefusedError) {
        await letGo(redis.run(releaseScript, attempt));
        throw error;
      }
      await letGo(redis.run(renewScript, { ...attempt, leaseMs: 0 }));
      throw new CheckoutOutcomeUnknownError(claim.checkoutId, error);
    } finally {
      lease.stop();
    }

    try {
      const settled = await redis.run(settleScript, { userToken, ttlMs, done: attempt });
      if (settled === undefined) throw new ClaimLostError('The claim was lost before the cart could be told.');
    } catch (error) {
      throw new CheckoutSettlePendingError(claim.checkoutId, result, error);
    }
    return result;
  };
}

/** Awaited here, so that a `processOrder` that throws before it returns a promise is treated like one that rejects. */
async function attemptOrder<Result>(
  processOrder: ProcessOrder<Result>,
  { items, checkoutId, incarnation, resumed }: Claim,
  attemptId: string,
  signal: AbortSignal,
): Promise<Result> {
  return processOrder(items, checkoutId, { attemptId, incarnation, resumed, signal });
}

/** Where Redis can't be told, the claim ends with its lease: a failure to let go changes nothing for the caller. */
const letGo = (told: Promise<boolean>) => told.catch(() => false);

/**
 * Renews a lease three times in its length. `lost` aborts when the claim is another's, or when the lease ended because no
 * renewal got through.
 */
function holdLease(leaseMs: number, renew: () => Promise<boolean>): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController();
  let renewedAt = performance.now();

  const timer = setInterval(() => {
    const startedAt = performance.now();
    renew().then(
      (mine) => {
        if (mine) renewedAt = startedAt;
        else lost.abort(new ClaimLostError('The claim went to another attempt.'));
      },
      (cause: unknown) => {
        if (performance.now() - renewedAt < leaseMs) return;
        lost.abort(new ClaimLostError('The lease ended; it could not be renewed.', { cause }));
      },
    );
  }, leaseMs / 3);
  timer.unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
