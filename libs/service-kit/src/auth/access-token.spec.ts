import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createAccessTokenVerifier, signAccessToken } from './access-token';
import type { User } from './user';

const parties = { issuer: 'badger-store', audience: 'badger-store' };
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ours = pair();
const kid = 'our-key';
const verify = createAccessTokenVerifier(
  (wanted) => Promise.resolve(wanted === kid ? ours.publicKey : undefined),
  parties,
);

const now = () => Math.floor(Date.now() / 1000);
const goodHeader = { alg: 'ES256', typ: 'at+jwt', kid };
const goodClaims = () => ({
  sub: 'g-1',
  sid: 's-1',
  kind: 'guest',
  scope: 'cart checkout',
  sv: 3,
  iss: parties.issuer,
  aud: parties.audience,
  iat: now(),
  exp: now() + 600,
});

type Sign = (input: string) => Buffer;
const es256 =
  (key: KeyObject): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const hs256 =
  (secret: string | Buffer): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

/** A token made by hand, so that no library stands between a test and its attack. */
function token(
  { header = {}, claims = {} }: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {},
  signWith: Sign = es256(ours.privateKey),
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ ...goodHeader, ...header })}.${part({ ...goodClaims(), ...claims })}`;
  return `${input}.${signWith(input).toString('base64url')}`;
}

const expectRefused = (text: string) =>
  expect(verify(text)).rejects.toMatchObject({ category: 'unauthenticated', code: 'INVALID_TOKEN' });

describe('an access token', () => {
  it('a valid access token is verified to its user', async () => {
    expect(await verify(token())).toEqual({
      id: 'g-1',
      kind: 'guest',
      sessionId: 's-1',
      scopes: new Set(['cart', 'checkout']),
      sessionVersion: 3,
      issuedAt: expect.any(Number),
    });
  });

  it('an access token of a session that an API key started has the id of the key', async () => {
    expect(await verify(token({ claims: { client_id: 'k-1' } }))).toMatchObject({ apiKeyId: 'k-1' });
  });

  it('the verifier accepts what signAccessToken signs', async () => {
    const user: User = {
      id: 'u-7',
      kind: 'user',
      sessionId: 's-7',
      scopes: new Set(['cart', 'orders:read']),
      sessionVersion: 7,
      issuedAt: now(),
    };
    for (const signed of [user, { ...user, apiKeyId: 'k-1' }, { ...user, isNewGuest: true }])
      expect(await verify(signAccessToken(signed, { kid, privateKey: ours.privateKey }, parties, 60))).toEqual(signed);
  });

  it('an access token with the algorithm none is refused', async () => {
    const unsigned = () => Buffer.alloc(0);
    await expectRefused(token({ header: { alg: 'none' } }, unsigned));
    await expectRefused(token({ header: { alg: 'none' } }));
    await expectRefused(token({}, unsigned));
  });

  it('an access token with an HMAC of the public key is refused', async () => {
    const pem = ours.publicKey.export({ type: 'spki', format: 'pem' });
    const der = ours.publicKey.export({ type: 'spki', format: 'der' });
    for (const secret of [pem, der]) await expectRefused(token({ header: { alg: 'HS256' } }, hs256(secret)));
  });

  it('an access token with the algorithm RS256 is refused even when the key is an RSA key', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const verifyWithRsa = createAccessTokenVerifier(() => Promise.resolve(rsa.publicKey), parties);
    const rs256 = token({ header: { alg: 'RS256' } }, (input) => sign('sha256', Buffer.from(input), rsa.privateKey));
    await expectRefused(rs256);
    await expect(verifyWithRsa(rs256)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('an access token that another key signed under a known key id is refused', async () => {
    await expectRefused(token({}, es256(pair().privateKey)));
  });

  it('an access token that contains its own key is refused', async () => {
    const foreign = pair();
    const jwk = foreign.publicKey.export({ format: 'jwk' });
    await expectRefused(token({ header: { jwk } }, es256(foreign.privateKey)));
    await expectRefused(token({ header: { jwk, kid: undefined } }, es256(foreign.privateKey)));
  });

  it('an access token with modified claims is refused', async () => {
    const [header, , signature] = token().split('.');
    const [, claims] = token({ claims: { sub: 'g-2' } }).split('.');
    await expectRefused([header, claims, signature].join('.'));
  });

  it.each([
    ['an unknown key id', { kid: 'other-key' }],
    ['no key id', { kid: undefined }],
    ['an empty key id', { kid: '' }],
    ['a key id that is no string', { kid: [kid] }],
    ['an oversized key id', { kid: 'k'.repeat(129) }],
    ['the type JWT', { typ: 'JWT' }],
    ['the type of a service token', { typ: 'service+jwt' }],
    ['no type', { typ: undefined }],
    ['a critical extension', { crit: ['b64'], b64: true }],
    ['a critical extension that is a name of the payload', { crit: ['exp'], exp: 1 }],
    ['an empty list of critical extensions', { crit: [] }],
    ['a critical extension that is null', { crit: null }],
  ])('an access token with %s is refused', async (_what, header) => {
    await expectRefused(token({ header }));
  });

  it.each([
    '../../dev/null',
    '/etc/passwd',
    'http://attacker.example/jwks',
    'our-key\0',
    "' OR '1'='1",
    'k'.repeat(2000),
  ])('an access token with the key id %p is refused before the verifier looks for a key', async (odd) => {
    const findKey = jest.fn(() => Promise.resolve(ours.publicKey));
    const tricky = token({ header: { kid: odd } });
    await expect(createAccessTokenVerifier(findKey, parties)(tricky)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    expect(findKey).not.toHaveBeenCalled();
  });

  it.each([
    ['expired', () => ({ exp: now() - 60 })],
    ['without an end', () => ({ exp: undefined })],
    ['not yet valid', () => ({ nbf: now() + 60 })],
    ['for another audience', () => ({ aud: 'another-store' })],
    ['without an audience', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: 'another-store' })],
    ['without an issuer', () => ({ iss: undefined })],
    ['with a sub that breaks out of its Redis key', () => ({ sub: 'g-1}_cart' })],
    ['with an empty sub', () => ({ sub: '' })],
    ['with an oversized sub', () => ({ sub: 'x'.repeat(129) })],
    ['with a sub of two lines', () => ({ sub: 'g-1\n' })],
    ['without a session', () => ({ sid: undefined })],
    ['with an oversized session', () => ({ sid: 's'.repeat(129) })],
    ['without a subject', () => ({ sub: undefined })],
    ['without a kind', () => ({ kind: undefined })],
    ['without a session version', () => ({ sv: undefined })],
    ['with a session version that is no whole number', () => ({ sv: '1' })],
    ['with an API key that is no text', () => ({ client_id: 7 })],
    ['of another kind', () => ({ kind: 'admin' })],
    ['without a scope', () => ({ scope: undefined })],
    ['with scopes in a list', () => ({ scope: ['cart'] })],
  ])('an access token %s is refused', async (_what, claims) => {
    await expectRefused(token({ claims: claims() }));
  });

  it('an access token of more than 4096 characters is refused before the verifier looks for a key', async () => {
    const findKey = jest.fn(() => Promise.resolve(ours.publicKey));
    const oversized = token({ claims: { padding: 'x'.repeat(4096) } });
    await expect(createAccessTokenVerifier(findKey, parties)(oversized)).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
    expect(findKey).not.toHaveBeenCalled();
  });

  it.each([
    ['a word', 'x'],
    ['dots alone', '..'],
    ['three words', 'a.b.c'],
    ['an empty header', 'e30.e30.'],
    ['four parts', `${token()}.x`],
    ['two parts', token().split('.').slice(0, 2).join('.')],
  ])('an access token that is %s is refused', (_what, text) => expectRefused(text));

  it('a JWT of another type whose claims are not JSON is refused', async () => {
    const header = Buffer.from(JSON.stringify({ ...goodHeader, typ: 'JWT' })).toString('base64url');
    await expectRefused(`${header}.bm90IGpzb24.AAAA`);
  });

  it('an access token whose claims are not an object is refused', async () => {
    const header = Buffer.from(JSON.stringify(goodHeader)).toString('base64url');
    for (const claims of ['"text"', '1', 'null', 'not json']) {
      const input = `${header}.${Buffer.from(claims).toString('base64url')}`;
      await expectRefused(`${input}.${es256(ours.privateKey)(input).toString('base64url')}`);
    }
  });

  it('an access token is not reported as invalid when the keys are unavailable', async () => {
    const down = new Error('down');
    await expect(createAccessTokenVerifier(() => Promise.reject(down), parties)(token())).rejects.toBe(down);
  });
});
