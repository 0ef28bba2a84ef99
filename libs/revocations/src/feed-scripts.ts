import type { Script } from '@badger-store/redis-kit';
import beginSeed from './lua/begin-seed.lua';
import endSeed from './lua/end-seed.lua';
import publish from './lua/publish.lua';
import read from './lua/read.lua';

/** One key; the braces keep it, and whatever may come beside it, in one Cluster slot. */
const feedKey = '{revoked}:feed';
const keys = [feedKey];
/** Longer than any seed takes. */
const abandonedSeedMs = 60_000;

interface PublishInput {
  readonly members: readonly string[];
  readonly lifeMs: number;
  /** What is in the feed already stays where it is, so that nobody reads it again. */
  readonly onlyMissing: boolean;
}

export const publishScript: Script<PublishInput, void> = {
  name: 'publish',
  lua: publish,
  changes: true,
  encode: ({ members, lifeMs, onlyMissing }) => ({
    keys,
    args: [lifeMs, onlyMissing ? 'missing' : 'all', ...members],
  }),
  decode: () => undefined,
};

/** How far a reader has come. */
export interface FeedPosition {
  readonly epoch: string;
  readonly score: string;
}

export interface FeedPage {
  /** Empty while the feed is not seeded. */
  readonly epoch: string;
  readonly entries: readonly { readonly member: string; readonly score: string }[];
}

export const readScript: Script<FeedPosition & { readonly pageSize: number }, FeedPage> = {
  name: 'read',
  lua: read,
  changes: false,
  readOnly: true,
  encode: ({ epoch, score, pageSize }) => ({ keys, args: [epoch, score, pageSize] }),
  decode(reply) {
    const [epoch, flat] = reply as [string, string[]];
    const entries = [];
    for (let i = 0; i < flat.length; i += 2) entries.push({ member: flat[i] ?? '', score: flat[i + 1] ?? '' });
    return { epoch, entries };
  },
};

export const beginSeedScript: Script<{ readonly seedId: string }, void> = {
  name: 'begin-seed',
  lua: beginSeed,
  changes: true,
  encode: ({ seedId }) => ({ keys, args: [seedId, abandonedSeedMs] }),
  decode: () => undefined,
};

/** Whether the feed is whole now. */
export const endSeedScript: Script<{ readonly seedId: string }, boolean> = {
  name: 'end-seed',
  lua: endSeed,
  changes: true,
  encode: ({ seedId }) => ({ keys, args: [seedId] }),
  decode: (reply) => reply === 1,
};
