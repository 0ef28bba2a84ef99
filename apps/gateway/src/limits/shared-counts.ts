import { createHash } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import type { Store } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
import { countScript } from './limit-scripts';

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
  /** As Redis last had it, with what was sent from here. */
  shared: number;
  /** Counted here since. */
  own: number;
}

/** Keys of one slot of a Cluster go together in one call. */
const slots = 16;
const mostInACall = 500;

/**
 * Counts requests in fixed windows without asking Redis at each of them: it counts in memory, and several times a second gateways
 * exchange their counts. A limit can be passed by what the others let through between two exchanges. Without Redis each
 * gateway goes on by its own count.
 */
export function createSharedCounts(options: SharedCountsOptions): SharedCounts {
  const { redis, name, windowMs, report, exchangeMs = 250, mostKeys = 50_000 } = options;
  const counts = new LRUCache<string, Count>({ max: mostKeys });
  const touched = new Map<string, Count>();
  let failing = false;
  let exchanging = false;

  const find = (key: string): Count => {
    const window = Math.floor(Date.now() / windowMs);
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

  const send = async (slot: number, batch: readonly (readonly [string, Count])[]) => {
    const counters = batch.map(([key, count]) => ({
      key: `{limit:${slot}}:${name}:${count.window}:${key}`,
      added: count.own,
    }));
    const totals = await redis.run(countScript, { counters, lifeMs: 2 * windowMs });
    batch.forEach(([, count], index) => {
      count.own -= counters[index]?.added ?? 0;
      count.shared = totals[index] ?? count.shared;
    });
  };

  const exchange = async () => {
    if (exchanging || touched.size === 0) return;
    exchanging = true;
    const entries = [...touched];
    touched.clear();
    try {
      await Promise.all(batchesOf(entries).map(({ slot, batch }) => send(slot, batch)));
      if (failing) report(undefined);
      failing = false;
    } catch (error) {
      for (const [key, count] of entries) if (count.own > 0 && touched.size < mostKeys) touched.set(key, count);
      if (!failing) report(error);
      failing = true;
    } finally {
      exchanging = false;
    }
  };
  const timer = setInterval(() => void exchange(), exchangeMs).unref();

  return {
    localKeys: false,
    increment(rawKey) {
      const key = digest(rawKey);
      const count = find(key);
      count.own += 1;
      if (touched.size < mostKeys) touched.set(key, count);
      return toAnswer(count);
    },
    decrement(rawKey) {
      find(digest(rawKey)).own -= 1;
    },
    resetKey(rawKey) {
      counts.delete(digest(rawKey));
    },
    get: (rawKey) => Promise.resolve(toAnswer(find(digest(rawKey)))),
    exchange,
    shutdown: () => clearInterval(timer),
  };
}

function batchesOf(entries: readonly (readonly [string, Count])[]) {
  const bySlot = new Map<number, (readonly [string, Count])[]>();
  for (const entry of entries) {
    const slot = entry[0].charCodeAt(0) % slots;
    const batch = bySlot.get(slot);
    if (batch) batch.push(entry);
    else bySlot.set(slot, [entry]);
  }
  return [...bySlot].flatMap(([slot, batch]) =>
    Array.from({ length: Math.ceil(batch.length / mostInACall) }, (_, index) => ({
      slot,
      batch: batch.slice(index * mostInACall, (index + 1) * mostInACall),
    })),
  );
}

/** Whatever a key is made of, it is short here, and no address is readable in Redis. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);
