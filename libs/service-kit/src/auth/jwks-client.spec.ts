import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, makeCertificates, serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { followTrust } from '../tls/tls';
import { createJwksClient } from './jwks-client';

const publicKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const getJwk = (kid: string, key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid });
const first = publicKey();
const second = publicKey();

let issuer: LocalServer;
let respond: RequestListener;
let asked: number;

const publish = (...keys: unknown[]) => {
  respond = (_req, res) => res.end(JSON.stringify({ keys }));
};

beforeEach(async () => {
  asked = 0;
  publish(getJwk('first', first));
  issuer = await serveLocally((req, res) => {
    asked += 1;
    respond(req, res);
  });
});
afterEach(() => issuer.close());

const getClient = (options: { maxAgeMs?: number; cooldownMs?: number } = {}) =>
  createJwksClient({ url: issuer.url, ...options });
const isSame = (found: KeyObject | undefined, key: KeyObject) => found?.equals(key) ?? false;

describe('a JWKS client', () => {
  it('a JWKS client fetches once for concurrent calls, and not again for a known key', async () => {
    const findKey = getClient();
    const found = await Promise.all(Array.from({ length: 50 }, () => findKey('first')));
    expect(found.every((key) => isSame(key, first))).toBe(true);
    await findKey('first');
    expect(asked).toBe(1);
  });

  it('a JWKS client finds a key that was published after the last fetch', async () => {
    const findKey = getClient({ cooldownMs: 0 });
    await findKey('first');
    publish(getJwk('first', first), getJwk('second', second));
    expect(isSame(await findKey('second'), second)).toBe(true);
    expect(asked).toBe(2);
  });

  it('a JWKS client fetches for unknown keys at most once in its cool-down', async () => {
    const findKey = getClient({ cooldownMs: 60_000 });
    await findKey('first');
    for (let i = 0; i < 20; i += 1) expect(await findKey(`unknown-${i}`)).toBeUndefined();
    expect(asked).toBe(1);
  });

  it('a JWKS client keeps the object of an unchanged key, and replaces a key that changed under its id', async () => {
    const findKey = getClient({ cooldownMs: 0 });
    const before = await findKey('first');
    publish(getJwk('first', first), getJwk('second', second));
    await findKey('second');
    expect(await findKey('first')).toBe(before);
    publish(getJwk('first', second));
    await findKey('third');
    expect(isSame(await findKey('first'), second)).toBe(true);
  });

  it('a JWKS client fetches from its own URL for any key id', async () => {
    const paths = new Set<string | undefined>();
    respond = (req, res) => {
      paths.add(req.url);
      res.end(JSON.stringify({ keys: [getJwk('first', first)] }));
    };
    const findKey = getClient({ cooldownMs: 0 });
    for (const kid of ['../../dev/null', '/etc/passwd', 'http://attacker.example/keys', '?kid=first', 'x'.repeat(9000)])
      expect(await findKey(kid)).toBeUndefined();
    expect([...paths]).toEqual(['/']);
  });

  it('a JWKS client fetches once for many unknown keys at once', async () => {
    const findKey = getClient({ cooldownMs: 0 });
    await findKey('first');
    await Promise.all(Array.from({ length: 50 }, (_, i) => findKey(`unknown-${i}`)));
    expect(asked).toBe(2);
  });

  it('a JWKS client drops a key that the issuer no longer publishes', async () => {
    const findKey = getClient({ maxAgeMs: 0, cooldownMs: 0 });
    await findKey('first');
    publish(getJwk('second', second));
    await until('the first key is forgotten', async () => (await findKey('first')) === undefined);
  });

  it('a JWKS client keeps its keys while the issuer is unavailable', async () => {
    const down = await serveLocally((_req, res) => res.end(JSON.stringify({ keys: [getJwk('first', first)] })));
    const findKey = createJwksClient({ url: down.url, maxAgeMs: 0, cooldownMs: 0 });
    await findKey('first');
    await down.close();
    expect(await findKey('unknown')).toBeUndefined();
    expect(isSame(await findKey('first'), first)).toBe(true);
  });

  it.each<[string, RequestListener]>([
    ['fails', (_req, res) => res.writeHead(500).end()],
    ['responds with nonsense', (_req, res) => res.end('<html>')],
    ['responds with something else', (_req, res) => res.end('{"keys":{}}')],
    ['sends the client elsewhere', (_req, res) => res.writeHead(302, { Location: '/elsewhere' }).end()],
  ])('a JWKS client rejects while the issuer %s, and recovers', async (_what, broken) => {
    respond = broken;
    const findKey = getClient();
    await expect(findKey('first')).rejects.toMatchObject({ category: 'unavailable', code: 'KEYS_UNAVAILABLE' });
    expect(asked).toBe(1);
    publish(getJwk('first', first));
    expect(isSame(await findKey('first'), first)).toBe(true);
  });

  it('a JWKS client that was checked before the first token does not fetch for it', async () => {
    const findKey = getClient();
    await findKey.check();
    await findKey.check();
    expect(isSame(await findKey('first'), first)).toBe(true);
    expect(asked).toBe(1);
  });

  it('the check of a JWKS client rejects until the issuer is available', async () => {
    respond = (_req, res) => res.writeHead(500).end();
    const findKey = getClient();
    await expect(findKey.check()).rejects.toThrow('status 500');
    publish(getJwk('first', first));
    await findKey.check();
  });

  it('a JWKS client rejects when the issuer was never available', async () => {
    const findKey = createJwksClient({ url: `http://127.0.0.1:${await freePort()}` });
    await expect(findKey('first')).rejects.toMatchObject({ category: 'unavailable', code: 'KEYS_UNAVAILABLE' });
  });

  it('a JWKS client ignores keys that are not P-256 keys with an id', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    const ed25519 = generateKeyPairSync('ed25519').publicKey;
    publish(
      getJwk('rsa', rsa),
      getJwk('p384', p384),
      getJwk('ed25519', ed25519),
      { kty: 'oct', k: 'c2VjcmV0', kid: 'oct' },
      { ...getJwk('off-curve', first), y: first.export({ format: 'jwk' }).x },
      getJwk('', first),
      'text',
      null,
      getJwk('first', first),
    );
    const findKey = getClient({ cooldownMs: 60_000 });
    expect(isSame(await findKey('first'), first)).toBe(true);
    for (const kid of ['rsa', 'p384', 'ed25519', 'oct', 'off-curve', '', '__proto__'])
      expect(await findKey(kid)).toBeUndefined();
  });

  it('a JWKS client reads an https URL with the authorities of its settings, and with no other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jwks-'));
    const { caFile, server } = await makeCertificates(folder, ['DNS:localhost']);
    const secure = await serveLocally((req, res) => respond(req, res), server);
    const { current, close } = followTrust(caFile, { error: () => undefined });
    const tls = { secureContext: current, onCertificate: () => undefined };
    const url = `https://localhost:${secure.port}/jwks.json`;
    expect(isSame(await createJwksClient({ url, tls })('first'), first)).toBe(true);
    await expect(createJwksClient({ url })('first')).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    const byAddress = createJwksClient({ url: secure.url, tls });
    await expect(byAddress('first')).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    close();
    await secure.close();
    await rm(folder, { recursive: true });
  });
});
