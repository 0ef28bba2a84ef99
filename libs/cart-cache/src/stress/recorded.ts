import type { RedisClient, Script } from '@badger-store/redis-kit';

/** Keeps a list of the scripts that a client is asked to run. */
export function recorded(client: RedisClient): { redis: Pick<RedisClient, 'run'>; scripts: Script<never, unknown>[] } {
  const scripts: Script<never, unknown>[] = [];
  return {
    scripts,
    redis: {
      run(script, input) {
        scripts.push(script);
        return client.run(script, input);
      },
    },
  };
}
