import type { z } from 'zod';
import { ServiceError } from '../problems';
import { assertWellFormed } from './well-formed-text';

/** What the schema makes of the input, whose texts are well-formed; else a problem that names every place that is wrong. */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  assertWellFormed(input);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ServiceError('invalid', 'INVALID_REQUEST', 'The request is not valid; see errors.', {
    extensions: { errors },
  });
}
