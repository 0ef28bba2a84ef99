import { RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { consume, createMemoryLimiter, type Limiter, type LimiterOptions } from './memory-limiter';
import { toRateLimiterClient } from './rate-limiter-client';

const maxLocalKeys = 20_000;

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
  const local = createCountedPlaces(rule, (options) => createMemoryLimiter(options, maxLocalKeys));
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

function createCountedPlaces(rule: PlaceRule, createLimiter: (options: LimiterOptions) => Limiter): Places {
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
      if ((await consume(limiter, taken)).consumedPoints <= places) {
        const clear = () => Promise.all([limiter.delete(taken), limiter.delete(failed)]);
        return { succeed: successClears ? clear : giveBack, fail: () => limiter.penalty(failed, 1), giveBack };
      }
      await giveBack();
      const turn = turns && (await consume(turns, `${name}:turn:${id}`));
      if (turn && turn.consumedPoints <= 1) return usedTurn;
      const retryAfterMs = turn?.msBeforeNext ?? (window + 1) * windowMs - now;
      const { consumedPoints } = await limiter.penalty(failed, 0);
      return { key: taken, retryAfterMs, mayComeFree: consumedPoints < places };
    },
  };
}

const nothing = () => Promise.resolve();
/** A turn is used up however it ends: one that came back late would open a second one. */
const usedTurn: Place = { succeed: nothing, fail: nothing, giveBack: nothing };
