import { createHash } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import { ipKeyGenerator } from 'express-rate-limit';
import type { LoginThrottle } from '../domain/sign-in';
import { createFailuresSeen } from './failures-seen';
import { attemptScript, succeededScript, type SlowDown } from './limit-scripts';

export interface LoginThrottleOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly account?: SlowDown;
  readonly address?: SlowDown;
}

const minute = 60_000;
const hour = 60 * minute;

/** The cap is low, so that nobody can lock another one out; it leaves 1,440 guesses a day against twelve characters. */
const perAccount: SlowDown = { freeFailures: 10, firstDelayMs: 1000, longestDelayMs: minute, lifeMs: 24 * hour };
const perAddress: SlowDown = { freeFailures: 30, firstDelayMs: 1000, longestDelayMs: 15 * minute, lifeMs: hour };

const mostRemembered = 20_000;

/**
 * Slows attempts to sign in down, by account and by address, over all gateways. An attempt counts as failed until it succeeded;
 * one that is refused does not count. Rejects while Redis is away. What this gateway saw counts too, so that a Redis that lost its
 * data lets nobody begin anew.
 */
export function createLoginThrottle({
  redis,
  account = perAccount,
  address = perAddress,
}: LoginThrottleOptions): LoginThrottle {
  const seen = createFailuresSeen(mostRemembered);
  const takeBack = (key: string) => redis.run(succeededScript, { key, takeBack: 'one' });

  const attempt = async (ofAccount: string, ofAddress: string): Promise<number> => {
    const fromAddress = await redis.run(attemptScript, { key: ofAddress, rule: address });
    if (fromAddress > 0) return fromAddress;
    const fromAccount = await redis.run(attemptScript, { key: ofAccount, rule: account });
    if (fromAccount > 0) await takeBack(ofAddress);
    return fromAccount;
  };

  return {
    async attempt(keys) {
      const [ofAccount, ofAddress] = [accountKey(keys.account), addressKey(keys.address)];
      const waitHere = Math.max(seen.waitOf(ofAddress), seen.waitOf(ofAccount));
      if (waitHere > 0) return { retryAfterMs: waitHere };
      // Before Redis is asked, so that many at once can't all pass here either.
      seen.count(ofAddress, address);
      seen.count(ofAccount, account);
      let isCounted = false;
      try {
        const retryAfterMs = await attempt(ofAccount, ofAddress);
        isCounted = retryAfterMs === 0;
        return { retryAfterMs };
      } finally {
        if (!isCounted) for (const key of [ofAccount, ofAddress]) seen.takeBack(key);
      }
    },
    async succeeded(keys) {
      const [ofAccount, ofAddress] = [accountKey(keys.account), addressKey(keys.address)];
      seen.forget(ofAccount);
      seen.takeBack(ofAddress);
      await Promise.all([redis.run(succeededScript, { key: ofAccount, takeBack: 'all' }), takeBack(ofAddress)]);
    },
  };
}

const accountKey = (email: string) => `limit:login:account:${digest(email)}`;
const addressKey = (ip: string) => `limit:login:address:${digest(ipKeyGenerator(ip, 56))}`;

const digest = (text: string): string => createHash('sha256').update(`login ${text}`).digest('base64url');
