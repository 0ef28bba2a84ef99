import { createHash } from 'node:crypto';
import { z } from 'zod';
import { decimalDigits } from './text';

/** Room for an item's name of 500 characters, at four bytes each, and its id. */
const maxCursorLength = 3000;
const checkSumLength = 8;

/** Detects a cursor that was cut or changed. It protects no secret. */
const getCheckSum = (payload: string) =>
  createHash('sha256').update(payload).digest('base64url').slice(0, checkSumLength);

/** An opaque position in a list: the sort values of the last row of a page. */
export function encodeCursor(position: readonly (string | number)[]): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return payload + getCheckSum(payload);
}

/** A schema for cursors that `encodeCursor` made from positions of this schema. */
export function createCursorSchema<Position extends z.ZodType>(position: Position) {
  return z
    .string()
    .max(maxCursorLength)
    .transform((text, context) => {
      const payload = text.slice(0, -checkSumLength);
      if (text === payload + getCheckSum(payload)) {
        const { success, data } = position.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
        if (success) return data as z.output<Position>;
      }
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    });
}

export const pageLimit = decimalDigits(1, 100).default(20).meta({ default: 20 });

export const nextCursor = z.string().nullable().describe('The cursor of the next page; null on the last page');
