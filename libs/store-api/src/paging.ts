import { createHash } from 'node:crypto';
import { z } from 'zod';
import { decimalDigits } from './text';

/** Room for an item's name of 500 characters, at four bytes each, and its id. */
const maxCursorLength = 3000;
const checkSumLength = 8;

/** Tells a cursor that was cut or changed; it keeps no secret. */
const checkSumOf = (payload: string) =>
  createHash('sha256').update(payload).digest('base64url').slice(0, checkSumLength);

/** An opaque place in a list: what the last row shown was sorted by. */
export function encodeCursor(position: readonly (string | number)[]): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return payload + checkSumOf(payload);
}

/** A schema for a cursor that `encodeCursor` made of values of these schemas; anything else is not valid. */
export function cursorOf<Position extends z.ZodType>(position: Position) {
  return z
    .string()
    .max(maxCursorLength)
    .transform((text, context) => {
      const payload = text.slice(0, -checkSumLength);
      if (text === payload + checkSumOf(payload)) {
        const { success, data } = position.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
        if (success) return data as z.output<Position>;
      }
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    });
}

export const pageLimit = decimalDigits(1, 100).default(20).meta({ default: 20 });

export const nextCursor = z.string().nullable().describe('Of the next page; null on the last one');
