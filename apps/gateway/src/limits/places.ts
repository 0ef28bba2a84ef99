import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { toRateLimiterClient } from './rate-limiter-client';

/** How many attempts may fail within a window. An attempt takes a place before the password is hashed. */
export interface PlaceRule {
  readonly name: string;
  readonly places: number;
  readonly windowSeconds: number;
  /** When all places are taken, one attempt in so many seconds may still be made. */
  readonly turnSeconds?: number;
  /** A success ends the failures before it, and not only its own place. */
  readonly successClears?: boolean;
}

/** The attempt that holds it ends in one of three ways. */
export interface Place {
  /** The password was right. */
  succeed(): Promise<unknown>;
  /** The password was wrong: the place stays taken until the window ends. */
  fail(): Promise<unknown>;
  /** The password was not checked. */
  giveBack(): Promise<unknown>;
}

export interface NoPlace {
  readonly key: string;
  /** When there is a place in any case. */
  readonly retryAfterMs: number;
  /** Attempts that are being checked hold places, and may give them back. */
  readonly mayComeFree: boolean;
}

export interface Places {
  take(id: string): Promise<Place | NoPlace>;
}

export const isPlace = (taken: Place | NoPlace): taken is Place => 'giveBack' in taken;

/**
 * Places that all gateways share, in Redis. Each gateway counts its own attempts too: while Redis is unavailable or slow, it allows no
 * more than it would alone, and a flood ends here.
 */
export function createPlaces(rule: PlaceRule, redis: Pick<RedisClient, 'run'>): Places {
  const storeClient = toRateLimiterClient(redis);
  const local = createCountedPlaces(rule, createMemoryLimiter);
  const shared = createCountedPlaces(rule, (options) => new RateLimiterRedis({ ...options, storeClient }));

  return {
    async take(id) {
      const here = await local.take(id);
      if (!isPlace(here)) return here;
      try {
        const everywhere = await shared.take(id);
        if (isPlace(everywhere)) return joinPlaces(here, everywhere);
        await here.giveBack();
        return everywhere;
      } catch (error) {
        if (error instanceof RedisUnavailableError) return here;
        await here.giveBack();
        throw error;
      }
    },
  };
}

const joinPlaces = (here: Place, everywhere: Place): Place => ({
  succeed: () => endBoth(here.succeed(), everywhere.succeed()),
  fail: () => endBoth(here.fail(), everywhere.fail()),
  giveBack: () => endBoth(here.giveBack(), everywhere.giveBack()),
});

/** Without Redis a place that was taken there stays taken until its window ends. */
async function endBoth(here: Promise<unknown>, everywhere: Promise<unknown>): Promise<void> {
  await here;
  await everywhere.catch((error: unknown) => {
    if (!(error instanceof RedisUnavailableError)) throw error;
  });
}

type Options = ConstructorParameters<typeof RateLimiterMemory>[0];
type Limiter = Pick<RateLimiterAbstract, 'consume' | 'penalty' | 'reward' | 'delete'>;

function createCountedPlaces(rule: PlaceRule, createLimiter: (options: Options) => Limiter): Places {
  const { name, places, windowSeconds, turnSeconds, successClears = false } = rule;
  const keyPrefix = 'limit:login';
  const limiter = createLimiter({ keyPrefix, points: places, duration: windowSeconds });
  const turns = turnSeconds === undefined ? undefined : createLimiter({ keyPrefix, points: 1, duration: turnSeconds });
  const windowMs = windowSeconds * 1000;

  return {
    async take(id) {
      const now = Date.now();
      const window = Math.floor(now / windowMs);
      // The window is part of the key: what is given back after its end opens no place in the next one.
      const [taken, failed] = [`${name}:${window}:${id}`, `${name}:failed:${window}:${id}`];
      const giveBack = () => limiter.reward(taken);
      if ((await consume(limiter, taken)) === undefined) {
        const clear = () => Promise.all([limiter.delete(taken), limiter.delete(failed)]);
        return { succeed: successClears ? clear : giveBack, fail: () => limiter.penalty(failed, 1), giveBack };
      }
      await giveBack();
      let retryAfterMs: number | undefined = (window + 1) * windowMs - now;
      if (turns) retryAfterMs = await consume(turns, `${name}:turn:${id}`);
      if (retryAfterMs === undefined) return usedTurn;
      const { consumedPoints } = await limiter.penalty(failed, 0);
      return { key: taken, retryAfterMs, mayComeFree: consumedPoints < places };
    },
  };
}

const nothing = () => Promise.resolve();
/** A turn is used up however it ends: one that came back late would open a second one. */
const usedTurn: Place = { succeed: nothing, fail: nothing, giveBack: nothing };

const maxLocalKeys = 20_000;

/** Beyond 20,000 keys it forgets the least recently used one. */
function createMemoryLimiter(options: Options): Limiter {
  const limiter = new RateLimiterMemory(options);
  const known = new LRUCache<string, true>({
    max: maxLocalKeys,
    dispose: (_known, key, reason) => void (reason === 'evict' && limiter.delete(key)),
  });
  return {
    consume(key) {
      known.set(String(key), true);
      return limiter.consume(key);
    },
    penalty(key, points) {
      known.set(String(key), true);
      return limiter.penalty(key, points);
    },
    reward: (key) => limiter.reward(key),
    delete: (key) => limiter.delete(key),
  };
}

/** Resolves to `undefined`, or to the ms to wait where all is consumed. */
async function consume(limiter: Limiter, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
    throw refusal;
  }
}
