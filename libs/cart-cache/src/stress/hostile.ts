const withToString = { toString: () => 'someone' };

/** What must never get from a caller into a key or an argument, and some that look like it and are well-formed. */
export const hostileValues: readonly unknown[] = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '{}',
    '{x}',
    'x}_cart{',
    '{bystander}',
    'bystander}_cart',
    '*',
    '?',
    '[a-z]',
    'x*',
    '\\',
    '/',
    '..',
  ],
  ...['a\r\nFLUSHALL\r\n', 'a\nb', 'a\n', '\0', 'a\0b', '\x1b[2J', '\u202e', '\ufeff', 'é', 'a\u0301', '日本', '🦡'],
  ...[
    '\ud800',
    '\udc00a',
    'a\ud83d',
    "'",
    '"',
    "' .. redis.call('FLUSHALL') .. '",
    ']]',
    '[[',
    ']]--',
    '--',
    '%d',
    '%s%s',
  ],
  ...['#next', '#born', '#settled', '#look', '#id', '#into', ':', '1:1', '_cart', ':lock', '__proto__', 'constructor'],
  ...['prototype', 'toString', 'hasOwnProperty', 'NaN', 'undefined', 'null', '0', '-1', '1e9', 'x'.repeat(2 ** 20)],
  ...[null, true, false, 0, -0, 1, -1, 1.5, 2 ** 53, 1e21, Number.MAX_VALUE, NaN, Infinity, -Infinity, 7n, Symbol('a')],
  ...[{}, withToString, { valueOf: () => 1 }, { id: 'a' }, { length: 1 }, [], ['a'], [['a']], [1], [null], () => 'a'],
  ...[
    new Date(0),
    /a/,
    new String('a'),
    new Number(1),
    Buffer.from('a'),
    new Uint8Array(1),
    new Map(),
    Object.create(null),
  ],
];

const isWellFormedId = (it: unknown) =>
  typeof it === 'string' &&
  Buffer.from(it).toString() === it &&
  it !== '' &&
  it.length <= 512 &&
  Array.from(it).length <= 256;

function isSmallJson(it: unknown): boolean {
  try {
    const json = JSON.stringify(it);
    return json !== undefined && Buffer.byteLength(json) <= 4096;
  } catch {
    return false;
  }
}

/** What each argument may be, as the documents say it. */
export const wellFormed = {
  cartId: isWellFormedId,
  lineId: isWellFormedId,
  idempotencyKey: (it: unknown) => typeof it === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(it),
  cartVersion: (it: unknown) => typeof it === 'string' && /^[A-Za-z0-9_~-]{1,128}$/.test(it),
  rule: (it: unknown) => it === 'sum' || it === 'max' || it === 'replace',
  quantity: (it: unknown) => Number.isInteger(it) && Number(it) >= 1 && Number(it) <= 999,
  zeroOrQuantity: (it: unknown) => Number.isInteger(it) && Number(it) >= 0 && Number(it) <= 999,
  recordQuantity: (it: unknown) => Number.isSafeInteger(it) && Number(it) >= 1,
  lines: (it: unknown) => Array.isArray(it) && it.length === 0,
  version: (it: unknown) => typeof it === 'string' && /^[A-Za-z0-9_.~-]{1,200}$/.test(it),
  data: isSmallJson,
  never: () => false,
} as const;

/** `undefined` stands for an argument that was left out. */
export const orLeftOut = (check: (it: unknown) => boolean) => (it: unknown) => it === undefined || check(it);
