/** What would end a Cluster hash tag, look like an escape, or part the fields of a reply. */
const special = /[%{}\s\p{Cc}]/gu;

/** Printable ASCII without what is special: far cheaper to look for than what Unicode classes name. */
const plain = /^[!-$&-z|~]*$/;

/** Percent-encodes what is special, so that no two ids have the same escaped form. Ids of plain characters stay as they are. */
export const escapeId = (id: string): string => (plain.test(id) ? id : id.replace(special, encodeURIComponent));

export const unescapeId = (escaped: string): string => (escaped.includes('%') ? decodeURIComponent(escaped) : escaped);

const maxCodePoints = 256;

/** 1 to 256 code points of well-formed Unicode. */
export const isId = (id: unknown): id is string =>
  typeof id === 'string' && id !== '' && isShort(id) && !/\p{Surrogate}/u.test(id);

const isShort = (text: string) =>
  text.length <= maxCodePoints || (text.length <= 2 * maxCodePoints && [...text].length <= maxCodePoints);
