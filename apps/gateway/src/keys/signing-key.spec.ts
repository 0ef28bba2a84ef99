import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { toSigningKey } from './key-file';

const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8') => key.export({ type, format: 'pem' }) as string;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

describe('a signing key', () => {
  // RFC 7517, appendix A.2; the thumbprint is of its members crv, kty, x and y, by openssl: see RFC 7638, section 3.
  const published = {
    kty: 'EC',
    crv: 'P-256',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
  };
  const thumbprint = 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s';

  it('the kid of a signing key is its RFC 7638 thumbprint', () => {
    const key = toSigningKey(pem(createPrivateKey({ key: published, format: 'jwk' })));
    expect(key.kid).toBe(thumbprint);
    expect(key.jwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: published.x,
      y: published.y,
      kid: thumbprint,
      alg: 'ES256',
      use: 'sig',
    });
  });

  it('the kid of a signing key does not depend on the PEM format', () => {
    const { privateKey } = ec('P-256');
    expect(toSigningKey(pem(privateKey, 'sec1')).kid).toBe(toSigningKey(pem(privateKey)).kid);
    expect(toSigningKey(pem(ec('P-256').privateKey)).kid).not.toBe(toSigningKey(pem(privateKey)).kid);
  });

  it('the JWK of a signing key lacks the private part', () => {
    const { privateKey } = ec('P-256');
    const { jwk, publicKey } = toSigningKey(pem(privateKey));
    expect(jwk).not.toHaveProperty('d');
    expect(publicKey.type).toBe('public');
    expect(publicKey.equals(createPublicKey(privateKey))).toBe(true);
  });

  it.each([
    ['an RSA key', () => pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)],
    ['a P-384 key', () => pem(ec('P-384').privateKey)],
    ['a secp256k1 key', () => pem(ec('secp256k1').privateKey)],
    ['an Ed25519 key', () => pem(generateKeyPairSync('ed25519').privateKey)],
    ['a public key', () => ec('P-256').publicKey.export({ type: 'spki', format: 'pem' }) as string],
    ['nothing', () => ''],
    ['text', () => 'hunter2'],
  ])('a signing key can’t be created from %s', (_what, text) => {
    const made = text();
    expect(() => toSigningKey(made)).toThrow();
  });
});
