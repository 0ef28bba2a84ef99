import type { Limiter, LimiterOptions } from './limiters';

/** How many attempts may fail within a window. */
export interface PermitRule {
  readonly name: string;
  readonly maxFailures: number;
  readonly windowSeconds: number;
  /** Once `maxFailures` is reached, one attempt is permitted in this time. */
  readonly trickleSeconds?: number;
  /** A success also clears the failures before it. */
  readonly isClearedBySuccess?: boolean;
}

/** Acquired before the password is hashed, so that concurrent attempts can't exceed the limit. */
export interface Permit {
  /** The password was right. */
  succeed(): Promise<unknown>;
  /** The password was wrong: the permit is not released until the window ends. */
  fail(): Promise<unknown>;
  /** The password was not checked. */
  release(): Promise<unknown>;
}

export interface Denial {
  readonly key: string;
  readonly retryAfterMs: number;
  /** Attempts in flight hold permits, and may release them. */
  readonly isTemporary: boolean;
}

export const isPermit = (result: Permit | Denial): result is Permit => 'release' in result;

/** Issues the permits of a rule from the count of one store. */
export function createPermits(rule: PermitRule, createLimiter: (options: LimiterOptions) => Limiter) {
  const { name, maxFailures, windowSeconds, trickleSeconds } = rule;
  const keyPrefix = 'limit:login';
  const limiter = createLimiter({ keyPrefix, points: maxFailures, duration: windowSeconds });
  const trickle = trickleSeconds ? createLimiter({ keyPrefix, points: 1, duration: trickleSeconds }) : undefined;
  const windowMs = windowSeconds * 1000;

  return async (id: string): Promise<Permit | Denial> => {
    const now = Date.now();
    const window = Math.floor(now / windowMs);
    // The window is part of the key: a permit that is released after its window does not raise the next one's limit.
    const key = `${name}:${window}:${id}`;
    const failuresKey = `${name}:failed:${window}:${id}`;
    const release = () => limiter.reward(key);

    const count = await limiter.consume(key);
    if (!count) return uncounted;
    if (count.consumedPoints <= maxFailures) {
      const clear = () => Promise.all([limiter.delete(key), limiter.delete(failuresKey)]);
      const fail = () => limiter.penalty(failuresKey, 1);
      return { succeed: rule.isClearedBySuccess ? clear : release, fail, release };
    }
    await release();
    const trickled = await trickle?.consume(`${name}:trickle:${id}`);
    if (trickled && trickled.consumedPoints <= 1) return uncounted;
    const failures = await limiter.penalty(failuresKey, 0);
    return {
      key,
      retryAfterMs: trickled?.msBeforeNext ?? (window + 1) * windowMs - now,
      isTemporary: (failures?.consumedPoints ?? 0) < maxFailures,
    };
  };
}

const nothing = () => Promise.resolve();
/**
 * While Redis is unavailable, there is nothing to release there. A trickled permit is not released either: a late release would permit
 * a second attempt.
 */
const uncounted: Permit = { succeed: nothing, fail: nothing, release: nothing };
