import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The lifetime of an access token, the clock tolerance of 5 s, and time for a transaction to commit. Earlier revocations have no effect. */
export const revocationLifeMs = 660_000;

/** Pages and the list hold the first 8 bytes of the SHA-256 of a session's id. */
export const sessionHashBytes = 8;

/** A revocation is permanent. */
export type Revocation =
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'user';
      readonly id: string;
      /** Access tokens with a lower version are refused, */
      readonly sessionVersion: number;
      /** except those of this session. */
      readonly keptSession?: string | null;
    }
  | { readonly kind: 'api-key'; readonly id: string };

export type UserRevocation = Omit<Extract<Revocation, { kind: 'user' }>, 'kind'>;

/** A page of the recent revocations in PostgreSQL. */
export interface RevocationPage {
  /** The time of the read on PostgreSQL's clock: this page and earlier pages have every revocation that was committed before. */
  readonly completeUntil: Date;
  /** The cursor of the next page of this poll; missing on the last page. */
  readonly nextPage?: string;
  /** On the first page, the cursor of the next poll, which reads what was not committed at this poll. */
  readonly nextPoll: string;
  /** Concatenated hashes of session ids. */
  readonly sessions: Buffer;
  readonly users: readonly UserRevocation[];
  readonly apiKeys: readonly string[];
}

/** PostgreSQL's timeline, a transaction id and a position. */
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

export const toPageJson = ({ sessions, ...page }: RevocationPage) => ({
  ...page,
  sessions: sessions.toString('base64'),
});

export const parsePage = (body: unknown): RevocationPage => pageSchema.parse(body);

export const hashSessionId = (sessionId: string): Buffer =>
  createHash('sha256').update(sessionId).digest().subarray(0, sessionHashBytes);
