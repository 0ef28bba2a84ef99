import type { RedisClient } from '@badger-store/redis-kit';
import { createInterval, ServiceError, getUser } from '@badger-store/service-kit';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/** Fractions of `maxmemory`. The rest is for the carts of users and returning guests. */
const maxUsage = { newGuests: 0.8, addsOfNewGuests: 0.9 };
const retryAfterSeconds = 30;

/**
 * Anyone can create guests, and each may fill a cart. A full Redis would refuse changes to every cart, so new guests are refused before,
 * and their adds too, since an attacker can create guests in advance. While Redis is unavailable, the last reading counts.
 */
export function createNewGuestLimit(
  redis: Pick<RedisClient, 'memoryUsage'>,
  log: Pick<Logger, 'warn' | 'info'>,
  pollMs = 1000,
) {
  let usage = 0;
  let isRefusing = false;
  const polls = createInterval(async () => {
    usage = await redis.memoryUsage().catch(() => usage);
    if (usage > maxUsage.newGuests !== isRefusing) {
      isRefusing = !isRefusing;
      if (isRefusing) log.warn('Redis is almost full; the gateway refuses new guests');
      else log.info('the gateway admits new guests again');
    }
    return pollMs;
  });

  const refusal = (what: string) =>
    new ServiceError(
      'unavailable',
      'NEW_GUESTS_REFUSED',
      `Redis is almost full. ${what} Sign in, or retry after ${retryAfterSeconds} seconds.`,
      { retryAfterSeconds },
    );
  /** Responds 503 while Redis is almost full. */
  const admitGuest: RequestHandler = (_req, _res, next) => {
    next(isRefusing ? refusal('New guests are not admitted.') : undefined);
  };
  /** Stands behind `requireUser`. Responds 503 to guests who never refreshed while Redis is even fuller. */
  const admitAdd: RequestHandler = (req, _res, next) => {
    const isRefused = usage > maxUsage.addsOfNewGuests && getUser(req).isNewGuest === true;
    next(isRefused ? refusal('New guests may not add items.') : undefined);
  };
  return { admitGuest, admitAdd, close: () => void polls.stop() };
}
