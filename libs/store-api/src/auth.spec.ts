import { credentials, newCredentials } from './auth';

const withPassword = (password: string) => ({ email: 'Brock@Store.Example', password });

it('the length of a password is counted in characters', () => {
  const lengths = [11, 12, 256, 257];
  expect(lengths.map((length) => newCredentials.safeParse(withPassword('🦡'.repeat(length))).success)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('an email means the same in capitals', () => {
  expect(credentials.parse(withPassword('any')).email).toBe('brock@store.example');
});
