import type { RedisClient } from '@badger-store/redis-kit';
import type { Sessions } from '../domain/session';
import { beginScript, endScript, findScript, handedOverScript, rotateScript } from './session-scripts';

export interface RedisSessionsOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  /** How long a token that was just replaced gives its successor again; default 30 s. */
  readonly graceMs?: number;
}

/** Sessions in Redis, a hash each; only hashes of tokens are in it. */
export function createRedisSessions({ redis, graceMs = 30_000 }: RedisSessionsOptions): Sessions {
  return {
    begin: (session, tokenHash, guestId = '') =>
      redis.run(beginScript, { sessionId: session.id, session, tokenHash, guestId }),
    find: (sessionId) => redis.run(findScript, { sessionId }),
    rotate: (sessionId, tokenHash, successorHash, ttlMs) =>
      redis.run(rotateScript, { sessionId, tokenHash, successorHash, graceMs, ttlMs }),
    handedOver: (sessionId, guestId) => redis.run(handedOverScript, { sessionId, guestId }),
    end: (sessionId) => redis.run(endScript, { sessionId }),
  };
}
