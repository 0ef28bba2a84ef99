import { z } from 'zod';

/** Whose tokens count no more although they have not expired. A revocation is never taken back. */
export type Revocation =
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'subject';
      readonly id: string;
      /** Sessions that started earlier, in ms since the epoch, have ended. */
      readonly startedBefore: number;
      /** The one session of those that goes on. */
      readonly exceptSession?: string;
    }
  | { readonly kind: 'api-key'; readonly id: string };

const id = z.string().min(1).max(128);
const startedBefore = z.int().nonnegative();
const memberSchema = z.union([
  z.tuple([z.literal('session'), id]),
  z.tuple([z.literal('api-key'), id]),
  z.tuple([z.literal('subject'), id, startedBefore]),
  z.tuple([z.literal('subject'), id, startedBefore, id]),
]);

/** One text for one revocation, so that it is once in the feed. Throws where an id is empty or has over 128 characters. */
export function toMember(revocation: Revocation): string {
  const parts: unknown[] = [revocation.kind, revocation.id];
  if (revocation.kind === 'subject') {
    parts.push(revocation.startedBefore);
    if (revocation.exceptSession !== undefined) parts.push(revocation.exceptSession);
  }
  return JSON.stringify(memberSchema.parse(parts));
}

/** Throws where the text is none of `toMember`. */
export function parseMember(text: string): Revocation {
  const [kind, id, startedBefore, exceptSession] = memberSchema.parse(JSON.parse(text));
  return kind === 'subject' ? { kind, id, startedBefore, exceptSession } : { kind, id };
}
