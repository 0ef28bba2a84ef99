import type { Script } from '@badger-store/redis-kit';
import { z } from 'zod';
import type { Rotation, Session, StoredSession } from '../domain/session';
import begin from './lua/begin.lua';
import end from './lua/end.lua';
import find from './lua/find.lua';
import handedOver from './lua/handed-over.lua';
import rotate from './lua/rotate.lua';

interface OfSession {
  readonly sessionId: string;
}

const keyOf = ({ sessionId }: OfSession): readonly string[] => [`session:${sessionId}`];

const fixed: z.ZodType<Session> = z.object({
  id: z.string(),
  userId: z.string(),
  kind: z.enum(['guest', 'user']),
  email: z.string().optional(),
  scopes: z.array(z.string()),
  startedAt: z.number(),
  apiKeyId: z.string().optional(),
  ttlMs: z.number(),
});

export const beginScript: Script<OfSession & { session: Session; tokenHash: string; guestId: string }, void> = {
  name: 'begin',
  lua: begin,
  changes: true,
  encode: (input) => ({
    keys: keyOf(input),
    args: [JSON.stringify(input.session), input.tokenHash, input.guestId, input.session.ttlMs],
  }),
  decode: () => undefined,
};

export const findScript: Script<OfSession, StoredSession | undefined> = {
  name: 'find',
  lua: find,
  changes: false,
  encode: (input) => ({ keys: keyOf(input), args: [] }),
  decode(reply) {
    const [json, guestId] = reply as [string | null, string | null];
    return json === null ? undefined : { session: fixed.parse(JSON.parse(json)), guestId: guestId ?? undefined };
  },
};

export interface RotateInput extends OfSession {
  readonly tokenHash: string;
  readonly successorHash: string;
  readonly graceMs: number;
  readonly ttlMs: number;
}

export const rotateScript: Script<RotateInput, Rotation> = {
  name: 'rotate',
  lua: rotate,
  changes: true,
  encode: (input) => ({
    keys: keyOf(input),
    args: [input.tokenHash, input.successorHash, input.graceMs, input.ttlMs],
  }),
  decode(reply) {
    if (typeof reply === 'string') return { outcome: 'rotated', currentHash: reply };
    return { outcome: reply === -2 ? 'reused' : 'unknown' };
  },
};

export const handedOverScript: Script<OfSession & { guestId: string }, void> = {
  name: 'handed-over',
  lua: handedOver,
  changes: true,
  encode: (input) => ({ keys: keyOf(input), args: [input.guestId] }),
  decode: () => undefined,
};

export const endScript: Script<OfSession, void> = {
  name: 'end',
  lua: end,
  changes: true,
  encode: (input) => ({ keys: keyOf(input), args: [] }),
  decode: () => undefined,
};
