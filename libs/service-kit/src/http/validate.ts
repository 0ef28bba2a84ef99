import type { z } from 'zod';
import { ServiceError } from '../problems';

/** Returns the schema's output. Throws a problem that lists each invalid place. */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  assertWellFormed(input);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw createInvalidError(
    result.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message })),
  );
}

/** PostgreSQL cannot store NUL, and UTF-8 cannot encode a lone surrogate. */
const illFormed = /[\0\p{Surrogate}]/u;

/** Checks every string and member name in the input. A loop, because a body can be nested more deeply than the call stack allows. */
function assertWellFormed(input: unknown): void {
  if (typeof input === 'string' && illFormed.test(input)) throw createIllFormedError('');
  const open = [{ value: input, path: '' }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next as { value: Record<string, unknown>; path: string };
    if (typeof value !== 'object' || value === null) continue;
    for (const key in value) {
      const member = value[key];
      if (illFormed.test(key) || (typeof member === 'string' && illFormed.test(member))) {
        throw createIllFormedError(path + key);
      }
      if (typeof member === 'object') open.push({ value: member, path: `${path}${key}.` });
    }
  }
}

const plainUrl = /^[!-$&-~]*$/;

/** Later readers can decode the URL: it is percent-encoded UTF-8 without NUL. */
export function assertWellFormedUrl(url: string): void {
  if (plainUrl.test(url)) return;
  const text = decode(url);
  if (text === undefined) {
    throw new ServiceError('invalid', 'BAD_REQUEST', 'The URL is not valid. Percent-encode its text as UTF-8.');
  }
  if (illFormed.test(text)) throw createIllFormedError('url');
}

function decode(url: string): string | undefined {
  try {
    return /^[!-~]*$/.test(url) ? decodeURIComponent(url) : undefined;
  } catch {
    return undefined;
  }
}

const createIllFormedError = (path: string) =>
  createInvalidError([{ path, message: 'must not contain a NUL character or a lone surrogate' }]);

const createInvalidError = (errors: readonly { path: string; message: string }[]) =>
  new ServiceError('invalid', 'INVALID_REQUEST', 'The request is not valid; see errors.', { extensions: { errors } });
