import { z } from 'zod';

/** An opaque place in a list: what the last row shown was sorted by. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** A schema for a cursor that `encodeCursor` made of values of these schemas; anything else is not valid. */
export function cursorOf<Position extends z.ZodTuple>(position: Position) {
  return z
    .string()
    .max(400)
    .transform((text, context) => {
      try {
        return position.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
      } catch {
        context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
        return z.NEVER;
      }
    });
}

export const pageLimit = z.coerce.number().int().min(1).max(100).default(20);

export const nextCursor = z.string().nullable().describe('Of the next page; null on the last one');
