import type { RedisClient } from '@badger-store/redis-kit';
import type { Store } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
import { countScript } from './limit-scripts';
import { toShortKey } from './short-key';

export interface SharedCountsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  /** Tells counters of several kinds apart. */
  readonly name: string;
  readonly windowMs: number;
  /** Hears of the first exchange that failed, and with `undefined` of the first that worked again. */
  readonly report: (error: unknown) => void;
  /** How often gateways tell each other what they counted; default 250 ms. */
  readonly exchangeMs?: number;
  /** Beyond these the least recently used is forgotten; default 50,000. */
  readonly mostKeys?: number;
}

export interface SharedCounts extends Store {
  /** Tells Redis what was counted here, and learns what was counted elsewhere. */
  exchange(): Promise<void>;
  shutdown(): void;
}

interface Count {
  readonly window: number;
  /** As Redis knows who is counted; made when Redis is told first. */
  shortKey?: string;
  /** As Redis last had it, with what was sent from here. */
  shared: number;
  /** Counted here since. */
  own: number;
}

type Entry = readonly [key: string, count: Count];

/** Keys of one slot of a Cluster go together, in one call an exchange. What does not fit waits for the next exchange. */
const slots = 16;
const mostInACall = 500;
/** An address is shorter; what a client says that it is need not be. */
const longestKey = 64;

/**
 * Counts requests in fixed windows without asking Redis at each of them: it counts in memory, and several times a second gateways
 * exchange their counts. A limit can be passed by what the others let through between two exchanges. Without Redis each
 * gateway goes on by its own count, and a Redis that lost its data takes nothing from what is known here.
 */
export function createSharedCounts(options: SharedCountsOptions): SharedCounts {
  const { redis, name, windowMs, report, exchangeMs = 250, mostKeys = 50_000 } = options;
  const counts = new LRUCache<string, Count>({ max: mostKeys });
  const touched = new Map<string, Count>();
  let failing = false;
  let exchanging = false;

  const windowNow = () => Math.floor(Date.now() / windowMs);
  const find = (key: string): Count => {
    const window = windowNow();
    const known = counts.get(key);
    if (known?.window === window) return known;
    const fresh = { window, shared: 0, own: 0 };
    counts.set(key, fresh);
    return fresh;
  };
  const toAnswer = ({ shared, own, window }: Count) => ({
    totalHits: shared + own,
    resetTime: new Date((window + 1) * windowMs),
  });

  const send = async (slot: number, batch: readonly Entry[]) => {
    const counters = batch.map(([key, count]) => ({
      key: `{limit:${slot}}:${name}:${count.window}:${shortKeyOf(key, count)}`,
      added: count.own,
    }));
    const totals = await redis.run(countScript, { counters, lifeMs: 2 * windowMs });
    batch.forEach(([, count], index) => {
      const added = counters[index]?.added ?? 0;
      count.own -= added;
      count.shared = Math.max(count.shared + added, totals[index] ?? 0);
    });
  };
  const sendOrKeep = async (slot: number, batch: readonly Entry[]) => {
    try {
      await send(slot, batch);
    } catch (error) {
      for (const [key, count] of batch) if (!touched.has(key) && touched.size < mostKeys) touched.set(key, count);
      throw error;
    }
  };

  const exchange = async () => {
    if (exchanging || touched.size === 0) return;
    exchanging = true;
    const batches = takeBatches(touched, windowNow());
    // All of them end before the next exchange begins, else it would send a second time what is under way.
    const outcomes = await Promise.allSettled([...batches].map(([slot, batch]) => sendOrKeep(slot, batch)));
    exchanging = false;
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure && !failing) report(failure.reason);
    if (!failure && failing && outcomes.length > 0) report(undefined);
    if (outcomes.length > 0) failing = failure !== undefined;
  };
  const timer = setInterval(() => void exchange(), exchangeMs).unref();

  return {
    localKeys: false,
    increment(rawKey) {
      const key = toKey(rawKey);
      const count = find(key);
      count.own += 1;
      if (touched.size < mostKeys) touched.set(key, count);
      return toAnswer(count);
    },
    decrement(rawKey) {
      find(toKey(rawKey)).own -= 1;
    },
    resetKey(rawKey) {
      counts.delete(toKey(rawKey));
    },
    get: (rawKey) => Promise.resolve(toAnswer(find(toKey(rawKey)))),
    exchange,
    shutdown: () => clearInterval(timer),
  };
}

/** Takes out what goes into one exchange, by slot; what belongs to a window that is over is of no use to anyone. */
function takeBatches(touched: Map<string, Count>, windowNow: number): Map<number, Entry[]> {
  const batches = new Map<number, Entry[]>();
  for (const [key, count] of touched) {
    const slot = shortKeyOf(key, count).charCodeAt(0) % slots;
    const batch = batches.get(slot) ?? [];
    if (count.window === windowNow && batch.length === mostInACall) continue;
    touched.delete(key);
    if (count.window === windowNow) batches.set(slot, batch).get(slot)?.push([key, count]);
  }
  return batches;
}

/** What is short is hashed for Redis alone, four times a second at most, not at each request. */
const toKey = (rawKey: string): string => (rawKey.length > longestKey ? toShortKey(rawKey) : rawKey);
const shortKeyOf = (key: string, count: Count): string => (count.shortKey ??= toShortKey(key));
