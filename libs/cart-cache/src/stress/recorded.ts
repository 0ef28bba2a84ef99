import type { RedisClient, Script } from '@badger-store/redis-kit';

/** Keeps a list of the scripts that a client is asked to run. */
export function recorded(client: RedisClient): { redis: RedisClient; scripts: Script<never, unknown>[] } {
  const scripts: Script<never, unknown>[] = [];
  return {
    scripts,
    redis: {
      ...client,
      run(script, input) {
        scripts.push(script);
        return client.run(script, input);
      },
    },
  };
}
