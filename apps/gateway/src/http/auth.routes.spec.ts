import { createPublicKey, generateKeyPairSync, verify as verifySignature } from 'node:crypto';
import { createLogger } from '@badger-store/service-kit';
import { freePort, serveLocally, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { composeGateway } from '../compose';
import { toSigningKey } from '../domain/signing-key';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingKey = toSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
const ownOrigin = 'http://localhost:3000';

let server: LocalServer;
let close: () => Promise<void>;
beforeAll(async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const gateway = composeGateway(
    {
      PORT: 0,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DRAIN_SECONDS: 1,
      INVENTORY_URL: nobody,
      CHECKOUT_URL: nobody,
      FIRST_PARTY_ORIGINS: [ownOrigin],
      USER_TOKEN_PRIVATE_KEY_FILE: signingKey,
      USER_TOKEN_ISSUER: 'the-issuer',
      USER_TOKEN_AUDIENCE: 'the-audience',
    },
    createLogger('spec', 'silent'),
  );
  close = () => gateway.close();
  server = await serveLocally(gateway.app);
});
afterAll(async () => {
  await server.close();
  await close();
});

const guest = async (headers: Record<string, string> = {}) => {
  const res = await request(server.url).post('/auth/guest').set(headers);
  const [header, claims] = (res.body.userToken as string)
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return { res, token: res.body.userToken as string, header, claims };
};

describe('POST /auth/guest', () => {
  it('answers with a userToken of ten minutes that no cache keeps', async () => {
    const { res, header, claims } = await guest();
    expect(res.status).toBe(201);
    expect(res.get('cache-control')).toBe('no-store');
    expect(res.body).toEqual({
      userToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 600,
      user: { id: claims?.sub, kind: 'guest' },
    });
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: signingKey.kid });
    expect(claims).toMatchObject({ iss: 'the-issuer', aud: 'the-audience', kind: 'guest' });
    expect(Number(claims?.exp) - Number(claims?.iat)).toBe(600);
  });

  it('makes another guest each time', async () => {
    const [one, other] = [await guest(), await guest()];
    expect(one.claims?.sub).toMatch(/^g-[\w-]{22}$/);
    expect(other.claims?.sub).not.toBe(one.claims?.sub);
    expect(other.claims?.sid).not.toBe(one.claims?.sid);
  });

  it.each<[string, Record<string, string>]>([
    ['a first-party origin', { Origin: ownOrigin }],
    ['a page of the same origin', { 'Sec-Fetch-Site': 'same-origin' }],
  ])('lets a session that begins from %s check out', async (_what, headers) => {
    expect((await guest(headers)).claims?.scope).toBe('cart orders:read checkout');
  });

  it.each<[string, Record<string, string>]>([
    ['nowhere', {}],
    ['another origin', { Origin: 'https://evil.example' }],
    ['an origin that looks alike', { Origin: 'http://localhost:3000.evil.example' }],
    ['the null origin', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('does not let a session that begins from %s check out', async (_what, headers) => {
    expect((await guest(headers)).claims?.scope).toBe('cart orders:read');
  });
});

describe('the published keys', () => {
  it('verify a userToken, and hold nothing private', async () => {
    const { token, header } = await guest();
    const { body } = await request(server.url).get('/.well-known/jwks.json');
    expect(body.keys).toHaveLength(1);
    const [jwk] = body.keys;
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(jwk.kid).toBe(header?.kid);
    const [head, claims, signature = ''] = token.split('.');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(
      verifySignature('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
    ).toBe(true);
  });
});

describe('GET /auth/me', () => {
  it('says whose userToken it is, to no cache', async () => {
    const { token, claims } = await guest();
    const res = await request(server.url).get('/auth/me').set('Authorization', `Bearer ${token}`);
    expect(res.status).toBe(200);
    expect(res.get('cache-control')).toBe('no-store');
    expect(res.body).toEqual({ id: claims?.sub, kind: 'guest' });
  });

  it.each([
    ['no userToken', undefined],
    ['nonsense', 'Bearer a.b.c'],
  ])('answers 401 to %s', async (_what, authorization) => {
    const asked = request(server.url).get('/auth/me');
    expect((await (authorization ? asked.set('Authorization', authorization) : asked)).status).toBe(401);
  });
});

describe('what the gateway forwards', () => {
  it.each(['/Cart', '/Cart/Item/b-1', '/Cart/checkout', '/orders', '/orders/1'])(
    '%s is for bearers of a userToken alone',
    async (path) => {
      expect((await request(server.url).get(path)).status).toBe(401);
      const { token } = await guest();
      const res = await request(server.url).get(path).set('Authorization', `Bearer ${token}`);
      expect(res.body).toMatchObject({ status: 503, code: 'UPSTREAM_DOWN' });
    },
  );

  it('is the catalogue, to everybody', async () => {
    for (const path of ['/inventory/items', '/inventory/items/b-1', '/inventory/items/b-1/picture.svg'])
      expect((await request(server.url).get(path)).body.code).toBe('UPSTREAM_DOWN');
  });

  it.each(['/internal/stock', '/inventory', '/inventory/internal', '/cart', '/Cart/Item/b-1/more', '/orders/%2e%2e'])(
    'is not %s',
    async (path) => {
      const { token } = await guest();
      const res = await request(server.url).get(path).set('Authorization', `Bearer ${token}`);
      expect(res.status).toBe(404);
    },
  );
});
