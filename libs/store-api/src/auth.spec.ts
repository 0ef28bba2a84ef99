import { credentials, newCredentials } from './auth';

const withPassword = (password: string) => ({ email: 'Brock@Store.Example', password });
const isAddress = (email: string) => credentials.safeParse({ email, password: 'any' }).success;

it('the length of a password is counted in characters', () => {
  const lengths = [11, 12, 256, 257];
  expect(lengths.map((length) => newCredentials.safeParse(withPassword('🦡'.repeat(length))).success)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('the length of a password is the same in every form in which it may be typed', () => {
  const longest = 'ä'.repeat(256);
  const decomposed = credentials.safeParse(withPassword(longest.normalize('NFD')));
  expect(decomposed.success).toBe(true);
  expect(newCredentials.safeParse(withPassword('oﬃcial bad')).success).toBe(true);
  expect(newCredentials.safeParse(withPassword('a\u0308'.repeat(11))).success).toBe(false);
  expect(newCredentials.safeParse(withPassword('ﬃ'.repeat(86))).success).toBe(false);
});

it('an email means the same in capitals', () => {
  expect(credentials.parse(withPassword('any')).email).toBe('brock@store.example');
});

describe('an e-mail address', () => {
  it.each([
    `${'a'.repeat(64)}@store.example`,
    "o'brien+badger/tag=1@a-b.store.example",
    'brock@xn--dachsbru-7za.example',
    'brock@store.xn--p1ai',
    `brock@${'a'.repeat(63)}.example`,
  ])('may be %s', (email) => {
    expect(isAddress(email)).toBe(true);
  });

  it.each([
    `${'a'.repeat(65)}@store.example`,
    `${'a'.repeat(32)}.${'b'.repeat(32)}@store.example`,
    '@store.example',
    '.a@store.example',
    'a.@store.example',
    'a..b@store.example',
    'a@b@store.example',
    'a@store',
    'a@-store.example',
    'a@store-.example',
    `a@${'b'.repeat(64)}.example`,
    `a@${'b.'.repeat(125)}example`,
    'a b@store.example',
    'a@store.example\n',
    'a\0@store.example',
    'ä@store.example',
    '"a b"@store.example',
    'a@[127.0.0.1]',
    '',
  ])('is not %s', (email) => {
    expect(isAddress(email)).toBe(false);
  });
});
