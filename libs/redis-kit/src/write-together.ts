import type { Redis } from 'ioredis';

/** Redis begins with the first ones while others are still being made. */
const mostAtOnce = 16;

/**
 * To be called before a command: those of one turn of the event loop leave in few writes instead of one each. ioredis's automatic
 * pipelining sends all of a turn at once, and makes a pipeline's objects for it: docs/performance.md.
 */
export function createWriteTogether(redis: Redis): () => void {
  let held: Redis['stream'] | undefined;
  let count = 0;
  const release = () => {
    held?.uncork();
    held = undefined;
  };
  return () => {
    if (!held) {
      setImmediate(release);
    } else if (++count < mostAtOnce) {
      return;
    } else {
      held.uncork();
    }
    count = 0;
    held = redis.stream;
    held?.cork();
  };
}
