import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The life of a userToken, the clock tolerance of 5 s, and time for a transaction to commit. What was revoked earlier refuses no userToken. */
export const revocationLifeMs = 660_000;

/** What of a session is kept and sent: the first 8 bytes of the SHA-256 of its id. */
export const sessionHashBytes = 8;

/** What ends: its userTokens are refused although they have not expired. A revocation is never taken back. */
export type Revocation =
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'user';
      readonly id: string;
      /** userTokens with a lower number are refused, */
      readonly sessionVersion: number;
      /** except those of this session. */
      readonly keptSession?: string | null;
    }
  | { readonly kind: 'api-key'; readonly id: string };

export type UserRevocation = Omit<Extract<Revocation, { kind: 'user' }>, 'kind'>;

/** A part of the revocations of the last minutes, as PostgreSQL had them at one time. */
export interface RevocationPage {
  /** PostgreSQL's time of the read: what was committed before it is on this page or on a page before. */
  readonly completeUntil: Date;
  /** Where the next page of this poll begins; missing on the last one. */
  readonly nextPage?: string;
  /** Where the next poll begins, if this is the first page: what was not yet committed then is read by that poll. */
  readonly nextPoll: string;
  /** Hashes of the sessions' ids, 8 bytes each. */
  readonly sessions: Buffer;
  readonly users: readonly UserRevocation[];
  readonly apiKeys: readonly string[];
}

/** PostgreSQL's timeline, a transaction id and a position: a poll reads what comes after. At the start of all without one. */
export const pollCursor = z
  .string()
  .regex(/^[\dA-F]{1,8}\.\d{1,19}\.\d{1,18}$/, 'must be a cursor of an earlier response');

const id = z.string().min(1).max(128);
const pageSchema = z.object({
  completeUntil: z.iso.datetime().transform((text) => new Date(text)),
  nextPage: pollCursor.optional(),
  nextPoll: pollCursor,
  sessions: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((hashes) => hashes.length % sessionHashBytes === 0, 'must be hashes of 8 bytes'),
  users: z.array(z.object({ id, sessionVersion: z.int().nonnegative(), keptSession: id.nullish() })),
  apiKeys: z.array(id),
});

/** The page as the JSON of a response. */
export const toPageJson = ({ sessions, ...page }: RevocationPage) => ({
  ...page,
  sessions: sessions.toString('base64'),
});

/** Throws where a response is not a page. */
export const parsePage = (body: unknown): RevocationPage => pageSchema.parse(body);

export const hashSessionId = (sessionId: string): Buffer =>
  createHash('sha256').update(sessionId).digest().subarray(0, sessionHashBytes);
