import { performance } from 'node:perf_hooks';
import type { RedisClient } from '@badger-store/redis-kit';
import { repeat } from '@badger-store/service-kit';
import { createFeedReader, FeedNotSeededError } from './feed-reader';
import { revocationLifeMs, seedFeed } from './publish-revocations';
import type { Revocation } from './revocation';
import { createRevocationMemory, type Holder } from './revocation-memory';

/**
 * Told when reading or seeding fails after it went well, and when it goes well after it failed; not at each poll. At the start it
 * has `staleAfterMs` to go well for the first time.
 */
export type RevocationFeedEvent =
  | { readonly state: 'error'; readonly during: 'read' | 'seed'; readonly error: unknown }
  | { readonly state: 'recovered'; readonly during: 'read' | 'seed' };

export interface FollowOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  /** The revocations of the last 11 minutes, from the durable record. Who has it seeds the feed; others wait for those. */
  readonly seed?: () => Promise<readonly Revocation[]>;
  readonly report: (event: RevocationFeedEvent) => void;
  /** Default 400; a poll comes up to a fifth earlier. */
  readonly pollMs?: number;
  /** Default 5000. */
  readonly staleAfterMs?: number;
  /** How often the feed is compared with the durable record, which heals a publication that was lost; default 10,000. */
  readonly seedMs?: number;
  /** How long a revocation is remembered after it was last read; default 11 min. */
  readonly lifeMs?: number;
  /** Of sessions, subjects and API keys together. With more there is no full read any more; default 100,000. */
  readonly mostRevocations?: number;
  /** Default 1000. */
  readonly pageSize?: number;
}

export interface RevocationFollower {
  /** From memory, in the same time whatever is remembered. What was seen once holds on while the feed is stale. */
  isRevoked(holder: Holder): boolean;
  /** The last full read of a seeded feed began too long ago, or there was none yet in this epoch. */
  isStale(): boolean;
  /** For a report on the service's health: rejects while the feed is stale. */
  check(): Promise<void>;
  /** Resolves when all is known that was published before the call; rejects when the follower is closed. */
  caughtUp(): Promise<void>;
  close(): void;
}

/** After one that failed. */
const seedAgainMs = 250;

/** Keeps up with the feed of revocations in Redis, so that no request has to ask. It never fails: it becomes stale and recovers. */
export function followRevocations(options: FollowOptions): RevocationFollower {
  const { redis, seed, report, pollMs = 400, staleAfterMs = 5000, seedMs = 10_000 } = options;
  const { lifeMs = revocationLifeMs, mostRevocations = 100_000, pageSize = 1000 } = options;
  const memory = createRevocationMemory(lifeMs, mostRevocations, () => performance.now());
  const waiting = new Set<{ since: number; resolve(): void; reject(error: Error): void }>();
  let readAt = -Infinity;
  let isClosed = false;

  const onNewEpoch = () => (readAt = -Infinity);
  const readOn = createFeedReader({ redis, memory, pageSize, lifeMs, onNewEpoch });
  const tell = (event: RevocationFeedEvent) => {
    if (!isClosed) report(event);
  };
  const reading = tellChanges('read', staleAfterMs, tell);
  const seeding = tellChanges('seed', staleAfterMs, tell);

  const read = async () => {
    try {
      readAt = await readOn();
      reading.well();
      for (const waiter of waiting) {
        if (waiter.since > readAt) continue;
        waiting.delete(waiter);
        waiter.resolve();
      }
    } catch (error) {
      const isBeingSeeded = error instanceof FeedNotSeededError && seed !== undefined;
      if (isBeingSeeded) seeds?.runNow();
      else reading.failed(error);
    }
  };
  const polls = repeat(() => read().then(() => pollMs));
  const seedIn = async (record: NonNullable<typeof seed>): Promise<number> => {
    try {
      await seedFeed(redis, record);
      seeding.well();
      return seedMs;
    } catch (error) {
      seeding.failed(error);
      return Math.min(seedMs, seedAgainMs);
    }
  };
  const seeds = seed && repeat(() => seedIn(seed));

  seeds?.runNow();
  polls.runNow();

  const isStale = () => performance.now() - readAt > staleAfterMs;

  return {
    isRevoked: memory.isRevoked,
    isStale,
    async check() {
      if (isStale()) throw new Error('The feed of revocations is stale');
    },
    caughtUp: () =>
      new Promise((resolve, reject) => {
        if (isClosed) reject(closed());
        else waiting.add({ since: performance.now(), resolve, reject });
      }),
    close() {
      isClosed = true;
      // They may end after this: what they do then changes nothing that anybody asks for.
      void polls.stop();
      void seeds?.stop();
      for (const { reject } of waiting) reject(closed());
      waiting.clear();
    },
  };
}

const closed = () => new Error('The follower of the revocations was closed');

function tellChanges(during: 'read' | 'seed', graceMs: number, tell: (event: RevocationFeedEvent) => void) {
  let graceUntil = performance.now() + graceMs;
  let isWell = true;
  return {
    well() {
      if (!isWell) tell({ state: 'recovered', during });
      isWell = true;
      graceUntil = -Infinity;
    },
    failed(error: unknown) {
      if (performance.now() < graceUntil) return;
      if (isWell) tell({ state: 'error', during, error });
      isWell = false;
    },
  };
}
