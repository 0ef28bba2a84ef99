import { z } from 'zod';

/** Counted in code points, as JSON Schema counts, not in units of UTF-16; in the form in which the text is compared. */
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

/** The line separators stand for themselves, as not every validator of the document knows `\u`. */
const withoutControls = '^[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]*$';
const permitted = new RegExp(withoutControls);
const loneSurrogate = /\p{Surrogate}/u;

/** Whatever people type: letters of all scripts, joiners, apostrophes, emoji; but no control characters, line breaks among them. */
export const freeText = (max: number) =>
  characters(0, max)
    .refine((text) => permitted.test(text), 'must have no control characters')
    .refine((text) => !loneSurrogate.test(text), 'must be well-formed Unicode')
    .meta({ maxLength: max, pattern: withoutControls });

/** A whole number in a query: decimal digits, and nothing else that JavaScript would read as a number. */
export const decimalDigits = (min: number, max: number) =>
  z
    .string()
    .regex(/^[0-9]+$/, 'must be a whole number in decimal digits')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined });
