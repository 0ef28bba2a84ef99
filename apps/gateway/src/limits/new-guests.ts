import type { RedisClient } from '@badger-store/redis-kit';
import { repeat, ServiceError } from '@badger-store/service-kit';
import type { RequestHandler } from 'express';

export interface NewGuestLimitOptions {
  readonly redis: Pick<RedisClient, 'memoryUsage'>;
  /** Called when new guests are refused, and when they are admitted again. */
  readonly report: (isRefusing: boolean) => void;
  readonly pollMs?: number;
}

export interface NewGuestLimit {
  /** 503 while Redis is almost full. */
  readonly handler: RequestHandler;
  close(): void;
}

/** The rest of `maxmemory` is for the carts of users and of guests that there are already. */
const maxUsage = 0.8;
const retryAfterSeconds = 30;

/**
 * Guests cost nothing to make, and each may fill a cart. So new ones are refused before Redis is full, when it would refuse changes to
 * every cart. What is known last counts while Redis is unavailable.
 */
export function createNewGuestLimit({ redis, report, pollMs = 1000 }: NewGuestLimitOptions): NewGuestLimit {
  let isRefusing = false;
  const polls = repeat(async () => {
    const usage = await redis.memoryUsage().catch(() => undefined);
    if (usage !== undefined && usage > maxUsage !== isRefusing) {
      isRefusing = !isRefusing;
      report(isRefusing);
    }
    return pollMs;
  });
  polls.runNow();

  return {
    handler: (_req, _res, next) => {
      if (!isRefusing) return next();
      const message = `Redis is almost full, so no new guest can be admitted. Sign in, or retry after ${retryAfterSeconds} seconds.`;
      next(new ServiceError('unavailable', 'NEW_GUESTS_REFUSED', message, { retryAfterSeconds }));
    },
    close: () => void polls.stop(),
  };
}
