import { ServiceError } from '../problems';

/** PostgreSQL stores no NUL, and half of a surrogate pair has no form in UTF-8. */
const illFormed = /[\0\p{Surrogate}]/u;
const message = 'must have neither a NUL character nor half of a surrogate pair';

/** Throws when a text in the input, at any depth, is not well-formed; names of members count as well. */
export function assertWellFormed(input: unknown): void {
  if (typeof input === 'string' && illFormed.test(input)) throw refuse('');
  // Without recursion, as a body can be nested more deeply than the stack allows.
  const open = [{ value: input, path: '' }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next as { value: Record<string, unknown>; path: string };
    if (typeof value !== 'object' || value === null) continue;
    for (const key in value) {
      const member = value[key];
      if (illFormed.test(key) || (typeof member === 'string' && illFormed.test(member))) throw refuse(path + key);
      if (typeof member === 'object') open.push({ value: member, path: `${path}${key}.` });
    }
  }
}

const plain = /^[!-$&-~]*$/;

/** Refuses a URL whose path or query is not UTF-8 in percent-encoding, or has a NUL. Every later reader may then decode it. */
export function assertWellFormedUrl(url: string): void {
  if (plain.test(url)) return;
  const text = decode(url);
  if (text === undefined) {
    throw new ServiceError('invalid', 'BAD_REQUEST', 'The URL is not valid. Percent-encode its text as UTF-8.');
  }
  if (illFormed.test(text)) throw refuse('url');
}

function decode(url: string): string | undefined {
  try {
    return /^[!-~]*$/.test(url) ? decodeURIComponent(url) : undefined;
  } catch {
    return undefined;
  }
}

const refuse = (path: string) =>
  new ServiceError('invalid', 'INVALID_REQUEST', 'The request is not valid; see errors.', {
    extensions: { errors: [{ path, message }] },
  });
