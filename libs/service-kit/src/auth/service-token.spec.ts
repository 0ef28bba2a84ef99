import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request, Response } from 'express';
import { sign } from 'jsonwebtoken';
import { ensureDevelopmentSecrets } from './development-secrets';
import { signServiceToken, requireService, serviceSecrets, type ServiceSecrets } from './service-token';
import { createAccessTokenVerifier, signAccessToken } from './access-token';
import type { User } from './user';

const secret = 's'.repeat(32);
const secrets = new Map<string, [string]>([
  ['gateway:checkout', [secret]],
  ['checkout:inventory', ['o'.repeat(32)]],
]);
const folder = mkdtempSync(join(tmpdir(), 'service-token-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const createRequest = (authorization: string | undefined) =>
  ({ rawHeaders: [], get: () => authorization }) as unknown as Request;

const outcome = (authorization: string | undefined, callers = ['gateway']) =>
  new Promise<unknown>((resolve) => {
    try {
      requireService(secrets, 'checkout', callers)(createRequest(authorization), {} as Response, resolve);
    } catch (error) {
      resolve(error);
    }
  });

const now = Math.floor(Date.now() / 1000);
const forged = (
  claims: object = {},
  { key = secret, header = {} }: { key?: string; header?: Record<string, unknown> } = {},
) =>
  sign({ iss: 'gateway', aud: 'checkout', iat: now, exp: now + 60, ...claims }, key, {
    header: { alg: 'HS256', typ: 'service+jwt', ...header },
  });
const unsigned = ['{"alg":"none","typ":"service+jwt"}', `{"iss":"gateway","aud":"checkout","iat":${now}}`]
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

const userKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const user: User = {
  id: 'u-1',
  kind: 'user',
  sessionId: 's-1',
  scopes: new Set(['checkout']),
  sessionVersion: 1,
  issuedAt: Math.floor(Date.now() / 1000),
};
const parties = { issuer: 'gateway', audience: 'checkout' };

describe('requireService', () => {
  it('requireService passes a service with its token', async () => {
    expect(await outcome(`Bearer ${signServiceToken(secrets, 'gateway', 'checkout')}`)).toBeUndefined();
    expect(await outcome(`Bearer ${forged()}`)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['alg none', `Bearer ${unsigned}.`],
    ['a userToken', `Bearer ${signAccessToken(user, userKey, parties, 60)}`],
    ['another type of token', `Bearer ${forged({}, { header: { typ: 'at+jwt' } })}`],
    ['a critical extension', `Bearer ${forged({}, { header: { crit: ['exp'] } })}`],
    ['another secret', `Bearer ${forged({}, { key: 'x'.repeat(32) })}`],
    ['the secret of another pair', `Bearer ${forged({}, { key: 'o'.repeat(32) })}`],
    ['another algorithm', `Bearer ${forged({}, { header: { alg: 'HS512' } })}`],
    ['another audience', `Bearer ${forged({ aud: 'inventory' })}`],
    ['another issuer', `Bearer ${forged({ iss: 'checkout' })}`],
    ['an old one', `Bearer ${forged({ iat: now - 120, exp: now - 60 })}`],
    ['one that never ends', `Bearer ${forged({ iat: now - 120, exp: now + 1e9 })}`],
    ['one that is too long', `Bearer ${forged({ more: 'x'.repeat(1024) })}`],
  ])('requireService refuses %s', async (_what, authorization) => {
    expect(await outcome(authorization)).toMatchObject({ category: 'unauthenticated' });
  });

  it('requireService refuses a service that is not among the callers', async () => {
    expect(await outcome(`Bearer ${forged()}`, ['inventory'])).toMatchObject({ category: 'unauthenticated' });
  });

  it('requireService without callers passes each service that shares a secret with the callee, and no other', async () => {
    const pass = (caller: string, known: ServiceSecrets) =>
      new Promise<unknown>((resolve) => {
        const authorization = `Bearer ${forged({ iss: caller }, { key: known.get(`${caller}:checkout`)?.[0] ?? secret })}`;
        requireService(known, 'checkout')(createRequest(authorization), {} as Response, resolve);
      });
    const known: ServiceSecrets = new Map([...secrets, ['newcomer:checkout', ['n'.repeat(32)]]]);
    expect(await pass('gateway', known)).toBeUndefined();
    expect(await pass('newcomer', known)).toBeUndefined();
    expect(await pass('newcomer', secrets)).toMatchObject({ code: 'INVALID_TOKEN' });
    expect(await pass('inventory', known)).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('each process accepts the tokens of the others in every step of a change of secrets', async () => {
    const read = (...lines: string[]) => {
      const path = join(folder, 'changing');
      writeFileSync(path, lines.map((line) => `gateway:checkout ${line}\n`).join(''));
      return serviceSecrets.parse(path);
    };
    const accepts = (known: ServiceSecrets, token: string) =>
      new Promise<boolean>((resolve) => {
        const req = createRequest(`Bearer ${token}`);
        requireService(known, 'checkout')(req, {} as Response, (error?: unknown) => resolve(error === undefined));
      });
    const next = 'n'.repeat(32);
    const steps = [read(secret), read(secret, next), read(next, secret), read(next)];
    const tokens = steps.map((known) => signServiceToken(known, 'gateway', 'checkout'));
    const accepted = await Promise.all(steps.map((known) => Promise.all(tokens.map((token) => accepts(known, token)))));
    expect(accepted).toEqual([
      [true, true, false, false],
      [true, true, true, true],
      [true, true, true, true],
      [false, false, true, true],
    ]);
  });

  it('a service token is not an access token, and the other way round', async () => {
    const verify = createAccessTokenVerifier(() => Promise.resolve(userKey.publicKey), parties);
    await expect(verify(forged())).rejects.toMatchObject({ category: 'unauthenticated' });
    await expect(verify(forged({}, { header: { typ: 'at+jwt', kid: 'key' } }))).rejects.toMatchObject({
      category: 'unauthenticated',
    });
  });

  it('signServiceToken throws when the services share no secret', () => {
    expect(() => signServiceToken(secrets, 'gateway', 'inventory')).toThrow('gateway:inventory');
  });
});

describe('the file of secrets', () => {
  const allPairs = [
    'gateway:checkout',
    'inventory:gateway',
    'inventory:checkout',
    'checkout:gateway',
    'checkout:inventory',
  ];

  it('the file of development secrets is created once, readable by its owner only, when services start at once', async () => {
    const path = join(folder, 'keys', 'secrets');
    const texts = await Promise.all(
      Array.from({ length: 8 }, async () => {
        await ensureDevelopmentSecrets(path);
        return readFileSync(path, 'utf8');
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect([...serviceSecrets.parse(path).keys()]).toEqual(allPairs);
  });

  it.each(['', 'nonsense\n', `gateway:checkout ${secret}\n`])(
    'the file of development secrets stays unchanged when its content is %j',
    async (text) => {
      const path = join(folder, 'hopeless');
      writeFileSync(path, text);
      await ensureDevelopmentSecrets(path);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it.each(['', 'gateway:checkout short', `gateway ${secret}`, `gateway:checkout ${secret}\nnonsense`])(
    'with %j is refused',
    (text) => {
      const path = join(folder, 'wrong');
      writeFileSync(path, text);
      expect(serviceSecrets.safeParse(path).success).toBe(false);
      expect(serviceSecrets.safeParse(join(folder, 'nowhere')).success).toBe(false);
    },
  );
});
