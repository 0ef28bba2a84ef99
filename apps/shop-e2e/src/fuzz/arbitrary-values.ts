import fc, { type Arbitrary } from 'fast-check';
import type { Schema } from './document';

/** Values that a schema allows. It knows the keywords that the document uses for requests. */
export function arbitraryValue(schema: Schema): Arbitrary<unknown> {
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices) return fc.oneof(...choices.map(arbitraryValue));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  switch (schema.type) {
    case 'object':
      return getObject(schema);
    case 'array':
      return fc.array(arbitraryValue((schema.items ?? {}) as Schema), { maxLength: 4 });
    case 'integer':
    case 'number':
      return arbitraryNumber(schema);
    case 'boolean':
      return fc.boolean();
    default:
      return getText(schema);
  }
}

function getObject(schema: Schema): Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const requiredKeys = (schema.required ?? []) as string[];
  return fc.record(Object.fromEntries(properties.map(([name, each]) => [name, arbitraryValue(each)])), {
    requiredKeys: requiredKeys.filter((name) => properties.some(([known]) => known === name)),
    noNullPrototype: true,
  });
}

function arbitraryNumber({ minimum = 0, maximum }: { readonly minimum?: number; readonly maximum?: number }) {
  const max = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const small = fc.integer({ min: minimum, max: Math.min(max, minimum + 20) });
  return fc.oneof(
    { weight: 4, arbitrary: small },
    fc.maxSafeInteger().filter((n) => n >= minimum && n <= max),
    fc.constant(max),
  );
}

function getText(schema: Schema): Arbitrary<string> {
  if (typeof schema.pattern === 'string') return matching(schema.pattern);
  const patterns = ((schema.allOf ?? []) as Schema[]).flatMap(({ pattern }) =>
    typeof pattern === 'string' ? [pattern] : [],
  );
  const lastPattern = patterns.at(-1);
  if (lastPattern) return matching(lastPattern);
  if (schema.format === 'uuid') return fc.uuid();
  const { minLength = 0, maxLength = 40 } = schema as { minLength?: number; maxLength?: number };
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 20), unit: 'grapheme' }),
    fc.constantFrom('badger', 'Dachsbräu', 'барсук', '獾', 'a\u200db').map((text) => text.padEnd(minLength, '-')),
    fc.constant('x'.repeat(Math.min(maxLength, 300))),
  );
}

/** fast-check reads most patterns; where it does not, any printable text is close enough to be refused or taken. */
function matching(pattern: string): Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'));
  } catch {
    return fc.string({ maxLength: 64 });
  }
}

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** Characters that programs and databases trip over, alone and within a word. */
const hostileCharacter = fc
  .constantFrom(
    ...'\0\0\0\t\r\n\x1b\x7f\ufeff\u2028\u202e\u200d\ufffd\uffff%_\\\'"`',
    '\ud800',
    '\udfff',
    '\u{10ffff}',
    'e\u0301',
    '🦡',
  )
  .chain((character) => fc.constantFrom(character, `bad${character}ger`, `mug ${character}`, character.repeat(40)));

/** Text in other people's syntax, in other scripts, and of other lengths. */
export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: hostileCharacter },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '',
        ' ',
        '%00',
        "' or 1=1 --",
        '{{7*7}}',
        '${7*7}',
        '../../etc/passwd',
        '__proto__',
        'constructor',
        'toString',
        '#next',
        '#born',
      ],
      ...[
        '👩‍👩‍👧‍👦',
        'É',
        'ſ',
        'ß',
        'İ',
        'نمی‌دانم',
        '-1',
        '1e309',
        '0x10',
        '1_000',
        '٣',
        'null',
        'NaN',
        '١٠',
        '+5',
        '5.0',
        ' 5',
      ],
      ...[
        'x'.repeat(65),
        'x'.repeat(300),
        'é'.repeat(2000),
        '獾'.repeat(101),
        'W10',
        'WyIiLCIiXQ',
        'WyJcdTAwMDAiLCJhIl0',
        'WyJcdWQ4MDAiLCJhIl0',
      ],
    ),
  },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
);

/** Of any type but, as often as not, the right one. */
export const hostileValue: Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    1e21,
    5e-324,
    [],
    {},
    [[]],
    [null],
  ),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Bodies that are no JSON, or that JSON parsers trip over. */
export const hostileBody: Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      ...[
        '',
        ' ',
        'null',
        'true',
        '0',
        '"text"',
        '[]',
        '{}',
        '[{}]',
        '{',
        '{"id":',
        '{"id":"a"}{"id":"a"}',
        "{'id':1}",
        '{"id":1,}',
        'undefined',
      ],
      ...[
        '{"id":"badger-enamel-mug","id":"b"}',
        '{"__proto__":{"a":1}}',
        '{"quantity":1e999}',
        '{"quantity":-0}',
        '{"id":"\\ud800"}',
        '{"id":"\\u0000"}',
      ],
      ...[
        '\ufeff{}',
        deep('[', ']', 2000),
        deep('{"a":', '}', 2000),
        `{"note":"${'x'.repeat(70_000)}"}`,
        ' '.repeat(66_000),
      ],
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      [0xff, 0xfe, 0x7b, 0x00],
      [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x1f, 0x8b, 0x08, 0x00],
    )
    .map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
