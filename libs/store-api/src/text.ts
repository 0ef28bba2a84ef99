import { z } from 'zod';

/** Lengths count code points, as in JSON Schema, and not units of UTF-16, in the Unicode form in which the text is compared. */
export const characters = (min: number, max: number, form?: 'NFKC') =>
  z
    .string()
    .refine(
      (text) => {
        const { length } = [...(form ? text.normalize(form) : text)];
        return length >= min && length <= max;
      },
      `must have ${min === 0 ? 'at most' : `${min} to`} ${max} characters`,
    )
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max });

/** The line separators are literal because some validators of the document do not know `\u`. */
const withoutControls = '^[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]*$';
const permitted = new RegExp(withoutControls);
const loneSurrogate = /\p{Surrogate}/u;

/** Text as people type it: letters of all scripts, joiners, apostrophes and emoji, but no control characters or line breaks. */
export const freeText = (max: number) =>
  characters(0, max)
    .refine((text) => permitted.test(text), 'must have no control characters')
    .refine((text) => !loneSurrogate.test(text), 'must be well-formed Unicode')
    .meta({ maxLength: max, pattern: withoutControls });

/** A whole number in a query: decimal digits only, because JavaScript also reads `0x10`, `1e1` and ` 5` as numbers. */
export const decimalDigits = (min: number, max: number) =>
  z
    .string()
    .regex(/^[0-9]+$/, 'must be a whole number in decimal digits')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined });
