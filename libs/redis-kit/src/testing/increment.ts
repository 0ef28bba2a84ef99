import type { Script } from '../commands/script';

/** Adds 1 to the key that is its input, and returns the sum. */
export const increment: Script<string, number> = {
  name: 'increment',
  lua: "return redis.call('INCR', KEYS[1])",
  changes: true,
  encode: (key) => ({ keys: [key], args: [] }),
  decode: Number,
};
