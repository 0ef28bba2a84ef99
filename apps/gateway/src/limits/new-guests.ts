import type { RedisClient } from '@badger-store/redis-kit';
import { repeat, ServiceError, userOf } from '@badger-store/service-kit';
import type { RequestHandler } from 'express';

export interface NewGuestLimitOptions {
  readonly redis: Pick<RedisClient, 'memoryUsage'>;
  /** Called when new guests are refused, and when they are admitted again. */
  readonly report: (isRefusing: boolean) => void;
  readonly pollMs?: number;
}

export interface NewGuestLimit {
  /** Before the route that makes guests: 503 while Redis is almost full. */
  readonly handler: RequestHandler;
  /** Before the route that fills carts, behind `requireUser`: 503 for guests who never refreshed while Redis is fuller still. */
  readonly adds: RequestHandler;
  close(): void;
}

/** Shares of `maxmemory`. The rest is for the carts of users and of guests who came back. */
const maxUsage = { newGuests: 0.8, addsOfNewGuests: 0.9 };
const retryAfterSeconds = 30;

/**
 * Guests cost nothing to make, and each may fill a cart. So new ones are refused before Redis is full, when it would refuse changes to
 * every cart; and, since they can be made long before they add anything, so are their adds. What is known last counts while Redis is
 * unavailable.
 */
export function createNewGuestLimit({ redis, report, pollMs = 1000 }: NewGuestLimitOptions): NewGuestLimit {
  let usage = 0;
  let isRefusing = false;
  const polls = repeat(async () => {
    usage = await redis.memoryUsage().catch(() => usage);
    if (usage > maxUsage.newGuests !== isRefusing) {
      isRefusing = !isRefusing;
      report(isRefusing);
    }
    return pollMs;
  });
  polls.runNow();

  const refusal = (what: string) =>
    new ServiceError(
      'unavailable',
      'NEW_GUESTS_REFUSED',
      `Redis is almost full, so ${what}. Sign in, or retry after ${retryAfterSeconds} seconds.`,
      { retryAfterSeconds },
    );
  return {
    handler: (_req, _res, next) => next(isRefusing ? refusal('no new guest can be admitted') : undefined),
    adds(req, _res, next) {
      const isRefused = usage > maxUsage.addsOfNewGuests && userOf(req).isNewGuest === true;
      next(isRefused ? refusal('a new guest can add nothing') : undefined);
    },
    close: () => void polls.stop(),
  };
}
