import { createHash } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import { ipKeyGenerator } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
import type { LoginThrottle } from '../domain/sign-in';
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
 * Slows attempts to sign in down, by account and by address, over all gateways. An attempt counts as failed until it succeeded.
 * Rejects while Redis is away. What this gateway saw counts too, so that a Redis that lost its data lets nobody begin anew.
 */
export function createLoginThrottle({
  redis,
  account = perAccount,
  address = perAddress,
}: LoginThrottleOptions): LoginThrottle {
  const seen = new LRUCache<string, { failures: number; until: number }>({ max: mostRemembered });

  const attempt = async (key: string, rule: SlowDown): Promise<number> => {
    const now = Date.now();
    const { failures, until } = seen.get(key) ?? { failures: 0, until: 0 };
    if (now < until) return until - now;
    const wait = await redis.run(attemptScript, { key, rule });
    if (wait > 0) return wait;
    const over = failures + 1 - rule.freeFailures;
    const delay = over < 0 ? 0 : Math.min(rule.longestDelayMs, rule.firstDelayMs * 2 ** Math.min(over, 40));
    seen.set(key, { failures: failures + 1, until: now + delay }, { ttl: rule.lifeMs });
    return 0;
  };

  return {
    async attempt(keys) {
      const fromAddress = await attempt(addressKey(keys.address), address);
      if (fromAddress > 0) return { retryAfterMs: fromAddress };
      return { retryAfterMs: await attempt(accountKey(keys.account), account) };
    },
    async succeeded(keys) {
      const [ofAccount, ofAddress] = [accountKey(keys.account), addressKey(keys.address)];
      const local = seen.get(ofAddress);
      seen.delete(ofAccount);
      if (local) seen.set(ofAddress, { failures: Math.max(0, local.failures - 1), until: 0 });
      await Promise.all([
        redis.run(succeededScript, { key: ofAccount, takeBack: 'all' }),
        redis.run(succeededScript, { key: ofAddress, takeBack: 'one' }),
      ]);
    },
  };
}

const accountKey = (email: string) => `limit:login:account:${digest(email)}`;
const addressKey = (ip: string) => `limit:login:address:${digest(ipKeyGenerator(ip, 56))}`;

const digest = (text: string): string => createHash('sha256').update(`login ${text}`).digest('base64url');
