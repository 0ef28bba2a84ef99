import type { RedisClient, Script } from '@badger-store/redis-kit';

/** Script, number of keys, keys and arguments as rate-limiter-flexible gives them. */
type Words = readonly (string | number)[];

/** The part of ioredis that `RateLimiterRedis` calls for `consume`, `reward` and `delete`. */
export interface RateLimiterClient {
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void;
  del(key: string): Promise<number>;
}

/**
 * Gives rate-limiter-flexible the connection of redis-kit: its script runs with our deadline, at the server that owns the key, and
 * rejects with `RedisUnavailableError`.
 */
export function toRateLimiterClient(redis: Pick<RedisClient, 'run'>): RateLimiterClient {
  const client: RateLimiterClient & Record<string, unknown> = {
    defineCommand(name, { numberOfKeys, lua }) {
      const script = toScript(name, numberOfKeys, lua);
      client[name] = (words: Words) => redis.run(script, words);
    },
    del: (key) => redis.run(del, [key]) as Promise<number>,
  };
  return client;
}

/** Without the deadline on Redis's clock, whose argument the library's scripts do not know: a late one counts an attempt too many. */
const toScript = (name: string, numberOfKeys: number, lua: string): Script<Words, unknown> => ({
  name,
  lua,
  changes: false,
  encode: (words) => ({ keys: words.slice(0, numberOfKeys).map(String), args: words.slice(numberOfKeys) }),
  decode: (reply) => reply,
});

const del = toScript('rlflxDel', 1, "return redis.call('DEL', KEYS[1])");
