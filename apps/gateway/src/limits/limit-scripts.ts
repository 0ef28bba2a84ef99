import type { Script } from '@badger-store/redis-kit';
import attempt from './lua/attempt.lua';
import count from './lua/count.lua';
import succeeded from './lua/succeeded.lua';

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

/** How attempts are slowed down: the delay doubles with each failure beyond the free ones. */
export interface SlowDown {
  readonly freeFailures: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** After this time without a failure all is forgotten. */
  readonly lifeMs: number;
}

/** Resolves to the ms to wait; 0 when the attempt was counted. */
export const attemptScript: Script<{ key: string; rule: SlowDown }, number> = {
  name: 'attempt',
  lua: attempt,
  changes: true,
  encode: ({ key, rule }) => ({
    keys: [key],
    args: [rule.freeFailures, rule.firstDelayMs, rule.longestDelayMs, rule.lifeMs],
  }),
  decode: (reply) => reply as number,
};

export const succeededScript: Script<{ key: string; takeBack: 'all' | 'one' }, void> = {
  name: 'succeeded',
  lua: succeeded,
  changes: true,
  encode: ({ key, takeBack }) => ({ keys: [key], args: [takeBack] }),
  decode: () => undefined,
};
