import type { Script } from '@badger-store/redis-kit';
import count from './lua/count.lua';

export interface CountInput {
  /** All in one slot of a Cluster. */
  readonly counters: readonly { readonly key: string; readonly added: number }[];
  readonly lifeMs: number;
}

export const countScript: Script<CountInput, number[]> = {
  name: 'count',
  lua: count,
  changes: true,
  encode: ({ counters, lifeMs }) => ({
    keys: counters.map(({ key }) => key),
    args: [lifeMs, ...counters.map(({ added }) => added)],
  }),
  decode: (reply) => reply as number[],
};
