import { performance } from 'node:perf_hooks';
import type { RedisClient } from '@badger-store/redis-kit';
import { readScript, type FeedPosition } from './feed-scripts';
import type { RevocationMemory } from './revocation-memory';
import { parseMember } from './revocation';

/** The feed may lack something: it is to be seeded from the durable record first. */
export class FeedNotSeededError extends Error {
  override readonly name = 'FeedNotSeededError';
}

export interface FeedReaderOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly memory: RevocationMemory;
  readonly pageSize: number;
  readonly lifeMs: number;
  /** What was read so far is not the whole of what there is any more. */
  readonly onNewEpoch: () => void;
}

/**
 * Reads on to the end of the feed, from its start where its epoch has changed. Resolves to a time, of this process's monotonic
 * clock: all that was published before it is remembered. Rejects where that can be said of no time.
 */
export function createFeedReader({ redis, memory, pageSize, lifeMs, onNewEpoch }: FeedReaderOptions) {
  let position: FeedPosition = { epoch: '', score: '0' };
  let unknownUntil = -Infinity;

  const remember = (member: string) => {
    let revocation;
    try {
      revocation = parseMember(member);
    } catch {
      unknownUntil = performance.now() + lifeMs;
      return;
    }
    if (!memory.add(revocation)) throw new Error('There are more revocations than may be remembered');
  };

  return async (): Promise<number> => {
    memory.dropExpired();
    for (;;) {
      const askedAt = performance.now();
      const { epoch, entries } = await redis.run(readScript, { ...position, pageSize });
      if (epoch !== position.epoch) {
        position = { epoch, score: '0' };
        onNewEpoch();
      }
      for (const { member, score } of entries) {
        remember(member);
        position = { epoch, score };
      }
      if (entries.length < pageSize) {
        if (epoch === '') throw new FeedNotSeededError('The feed of revocations is not seeded');
        if (performance.now() < unknownUntil) throw new Error('The feed has a revocation of a kind that is not known');
        return askedAt;
      }
    }
  };
}
