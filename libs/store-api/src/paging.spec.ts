import { z } from 'zod';
import { itemsQuery } from './catalogue';
import { createCursorSchema, encodeCursor, pageLimit } from './paging';

const query = z.object({ cursor: createCursorSchema(z.tuple([z.iso.datetime(), z.string()])), limit: pageLimit });
const raw = (text: string) => Buffer.from(text).toString('base64url');
const refusal = (input: unknown): unknown => {
  const { success, error } = query.safeParse(input);
  return success ? undefined : error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('a cursor', () => {
  const position = ['2026-01-02T03:04:05Z', 'Ærø "7"'];

  it('comes back as the position it was made of, and fits into a URL as it is', () => {
    const cursor = encodeCursor(position);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(query.parse({ cursor })).toEqual({ cursor: position, limit: 20 });
  });

  it.each(['🦡'.repeat(500), '"\\'.repeat(250), 'می\u200cخواهم', "O'Brien & Söhne <%>", 'A\u0308'])(
    'made of the name %s comes back',
    (name) => {
      const place = ['2026-01-02T03:04:05Z', name];
      expect(query.parse({ cursor: encodeCursor(place) }).cursor).toEqual(place);
    },
  );

  it.each([
    ['nothing', ''],
    ['garbage', '%%%'],
    ['no JSON', raw('[')],
    ['no list', raw('{"0":"2026-01-02T03:04:05Z","1":"a"}')],
    ['null', raw('null')],
    ['without its check sum', encodeCursor(position).slice(0, -8)],
    ['cut', encodeCursor(position).slice(0, -1)],
    ['changed in one letter', encodeCursor(position).replace('w', 'v')],
    ['too short a list', encodeCursor(position.slice(1))],
    ['too long a list', encodeCursor([...position, 'more'])],
    ['another type', encodeCursor(['2026-01-02T03:04:05Z', 7])],
    ['another format', encodeCursor(["' OR 1=1", 'a'])],
  ])('that is %s is not valid', (_what, cursor) => {
    expect(refusal({ cursor })).toEqual(['cursor: is not a cursor of this list']);
  });

  it.each([
    ['oversized', encodeCursor(['2026-01-02T03:04:05Z', 'a'.repeat(3000)])],
    ['given twice', [encodeCursor(position), encodeCursor(position)]],
  ])('that is %s is not valid', (_what, cursor) => {
    expect(refusal({ cursor })).toEqual([expect.stringMatching(/^cursor: /)]);
  });
});

describe('the size of a page', () => {
  it.each(['1', '100'])('may be %s', (limit) => {
    expect(pageLimit.parse(limit)).toBe(Number(limit));
  });

  it.each([
    '0',
    '101',
    '-1',
    '1.5',
    'all',
    '',
    '0x10',
    '1e1',
    ' 5',
    '5 ',
    '+5',
    '５',
    '1_0',
    '0b1',
    'Infinity',
    '9'.repeat(400),
  ])('may not be %p, as numbers in queries are decimal digits', (limit) => {
    expect(pageLimit.safeParse(limit).success).toBe(false);
  });

  it('may not be given twice', () => {
    expect(refusal({ limit: ['1', '2'] })).toContainEqual(expect.stringMatching(/^limit: /));
  });
});

describe('a cursor of items', () => {
  const sorts: [string, unknown[]][] = [
    ['name', ['name', 'Mug', 'mug']],
    ['price', ['price', 1450, 'mug']],
    ['-price', ['-price', 1450, 'mug']],
    ['newest', ['newest', '2026-01-02T03:04:05.000Z', 'mug']],
  ];

  it.each(sorts)('that was made under sort=%s is valid under this sort and no other', (sort, position) => {
    const cursor = encodeCursor(position as string[]);
    expect(itemsQuery.parse({ sort, cursor }).cursor).toEqual(position);
    for (const [other] of sorts.filter(([each]) => each !== sort)) {
      const issues = itemsQuery.safeParse({ sort: other, cursor }).error?.issues;
      expect(issues).toEqual([expect.objectContaining({ path: ['cursor'], message: 'is not a cursor of this list' })]);
    }
  });

  it('is valid without sort when it was made under sort=name', () => {
    expect(itemsQuery.safeParse({ cursor: encodeCursor(['name', 'Mug', 'mug']) }).success).toBe(true);
    expect(itemsQuery.safeParse({ cursor: encodeCursor(['price', 1450, 'mug']) }).success).toBe(false);
  });
});
