import { isCommonPassword } from './common-passwords';
import { createArgon2Passwords } from './argon2-passwords';

it('a password hash is a salted argon2id with the parameters that OWASP advises, and matches its password alone', async () => {
  const passwords = createArgon2Passwords();
  const [one, other] = [await passwords.hash('four badgers'), await passwords.hash('four badgers')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(other).not.toBe(one);
  expect(await passwords.matches('four badgers', one)).toBe(true);
  expect(await passwords.matches('five badgers', one)).toBe(false);
});

it('no password matches a missing hash, not even that of the decoy', async () => {
  expect(await createArgon2Passwords().matches('decoy', undefined)).toBe(false);
});

it('hashing is refused at once with BUSY when too many passwords wait', async () => {
  const passwords = createArgon2Passwords(1, 2);
  const hashes = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('four badgers')));
  expect(hashes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(hashes[4]).toMatchObject({ reason: { code: 'BUSY', category: 'unavailable' } });
  expect(await passwords.hash('four badgers')).toMatch(/^\$argon2id/);
});

it('the list of common passwords holds passwords of twelve characters or more', () => {
  expect(['qwertyqwerty', '1q2w3e4r5t6y'].every(isCommonPassword)).toBe(true);
  expect(isCommonPassword('four badgers in a sett')).toBe(false);
});
