import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { verify as checkSignature } from 'jsonwebtoken';
import { createAccessTokenVerifier, signAccessToken, type VerifierOptions } from './access-token';
import type { User } from './user';

jest.mock('jsonwebtoken', () => {
  const actual = jest.requireActual<typeof import('jsonwebtoken')>('jsonwebtoken');
  return { ...actual, verify: jest.fn(actual.verify) };
});

const parties = { issuer: 'badger-store', audience: 'badger-store' };
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ours = pair();
const signature = jest.mocked(checkSignature);
const refusal = { category: 'unauthenticated', code: 'INVALID_TOKEN' };

let published: Map<string, KeyObject>;
beforeEach(() => {
  published = new Map([['our-key', ours.publicKey]]);
  signature.mockClear();
});
afterEach(() => jest.useRealTimers());

const getVerifier = (options?: VerifierOptions) =>
  createAccessTokenVerifier((kid) => Promise.resolve(published.get(kid)), parties, options);

const issuedAt = Math.floor(Date.now() / 1000);
const user = (id = 'g-1'): User => ({
  id,
  kind: 'guest',
  sessionId: `s-${id}`,
  scopes: new Set(['cart']),
  sessionVersion: 0,
  issuedAt,
});
const getToken = (id?: string, seconds = 600, privateKey = ours.privateKey) =>
  signAccessToken(user(id), { kid: 'our-key', privateKey }, parties, seconds);
const advanceSeconds = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);

describe('the cache of verified tokens', () => {
  it('a cached token is verified once and has the same user each time', async () => {
    const [verify, token] = [getVerifier(), getToken()];
    for (let i = 0; i < 5; i += 1) expect(await verify(token)).toEqual(user());
    expect(signature).toHaveBeenCalledTimes(1);
  });

  it('a token with the signature of another token is verified and refused', async () => {
    const [verify, token] = [getVerifier(), getToken()];
    await verify(token);
    const [header, claims] = token.split('.');
    const [, , other] = getToken('g-2').split('.');
    await expect(verify([header, claims, other].join('.'))).rejects.toMatchObject(refusal);
    expect(signature).toHaveBeenCalledTimes(2);
  });

  it('a cached token is refused after it has expired', async () => {
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const [verify, token] = [getVerifier(), getToken('g-1', 60)];
    await verify(token);
    advanceSeconds(63);
    expect(await verify(token)).toEqual(user());
    expect(signature).toHaveBeenCalledTimes(1);
    advanceSeconds(3);
    await expect(verify(token)).rejects.toMatchObject(refusal);
  });

  it('a cached token is refused when its key is no longer published', async () => {
    const [verify, token] = [getVerifier(), getToken()];
    await verify(token);
    published.delete('our-key');
    await expect(verify(token)).rejects.toMatchObject(refusal);
  });

  it('a cached token is refused when another key is published under its key id', async () => {
    const [verify, token] = [getVerifier(), getToken()];
    await verify(token);
    published.set('our-key', pair().publicKey);
    await expect(verify(token)).rejects.toMatchObject(refusal);
    expect(signature).toHaveBeenCalledTimes(2);
  });

  it('a cached token is refused when its session is revoked', async () => {
    const revoked = new Set<string>();
    const verify = getVerifier({ revocations: { isRevoked: ({ sessionId }) => revoked.has(sessionId) } });
    const token = getToken();
    await verify(token);
    revoked.add('s-g-1');
    await expect(verify(token)).rejects.toMatchObject(refusal);
    expect(await verify(getToken('g-2'))).toEqual(user('g-2'));
  });
});

it('a token is refused when its session was revoked before its first use', async () => {
  const verify = getVerifier({ revocations: { isRevoked: () => true } });
  await expect(verify(getToken())).rejects.toMatchObject(refusal);
});

it('a refused token is not cached', async () => {
  const other = pair();
  const [verify, token] = [getVerifier(), getToken('g-1', 600, other.privateKey)];
  for (let i = 0; i < 2; i += 1) await expect(verify(token)).rejects.toMatchObject(refusal);
  expect(signature).toHaveBeenCalledTimes(2);
  published.set('our-key', other.publicKey);
  expect(await verify(token)).toEqual(user());
});
