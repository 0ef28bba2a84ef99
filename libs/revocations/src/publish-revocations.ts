import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import { beginSeedScript, endSeedScript, publishScript } from './feed-scripts';
import { toMember, type Revocation } from './revocation';

type Redis = Pick<RedisClient, 'run'>;

/** The life of a userToken and what clocks may differ. */
export const revocationLifeMs = 660_000;
const batchSize = 500;

/**
 * Tells every follower of the feed. To be called after the revocation was written to the durable record: what Redis loses comes
 * back from there. Rejects with `RedisUnavailableError`, then a part may be in the feed; may be repeated.
 */
export function publishRevocations(redis: Redis, revocations: readonly Revocation[]): Promise<void> {
  return publish(redis, revocations.map(toMember), false);
}

/**
 * Brings the feed up to what `seed` tells, and declares it whole: only then do followers trust it. `seed` is asked after the mark
 * of this seed was set, so that what is revoked meanwhile is in its answer or is published after the mark. Rejects where Redis
 * lost something meanwhile.
 */
export async function seedFeed(redis: Redis, seed: () => Promise<readonly Revocation[]>): Promise<void> {
  const seedId = randomUUID();
  await redis.run(beginSeedScript, { seedId });
  const revocations = await seed();
  await publish(redis, revocations.map(toMember), true);
  if (!(await redis.run(endSeedScript, { seedId }))) {
    throw new Error('The feed of revocations was lost while it was seeded');
  }
}

async function publish(redis: Redis, members: readonly string[], onlyMissing: boolean): Promise<void> {
  for (let i = 0; i < members.length; i += batchSize) {
    await redis.run(publishScript, { members: members.slice(i, i + batchSize), lifeMs: revocationLifeMs, onlyMissing });
  }
}
