import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { ensureDevelopmentFile } from '@badger-store/service-kit';
import { toSigningKey } from './key-file';
import { getPublishedKeys, parseKeyFile, toKeyFile } from './key-file';

const generatePem = () =>
  String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** Creates a signing key for development, unless there is one: userTokens stay valid across restarts. */
export const ensureDevelopmentKey = (path: string): Promise<void> => ensureDevelopmentFile(path, generatePem());

/** Creates a secret for development, unless there is one. */
export const ensureDevelopmentSecret = (path: string): Promise<void> =>
  ensureDevelopmentFile(path, `${randomBytes(32).toString('base64url')}\n`);

/**
 * Adds a key to the file that signs in `delaySeconds`, and removes the keys that are no longer published. All gateways publish the key
 * at once, so that every service can find it before it signs. Replaces the file atomically. Throws while the key of an earlier
 * rotation is not active.
 */
export async function rotateKeys(path: string, delaySeconds: number) {
  const now = Date.now();
  const keys = parseKeyFile(await readFile(path, 'utf8'), now);
  const pending = keys.find(({ activeFrom }) => activeFrom > now);
  if (pending) {
    throw new Error(`key ${pending.key.kid} is pending: it signs from ${new Date(pending.activeFrom).toISOString()}`);
  }
  const pem = generatePem().trim();
  const next = { key: toSigningKey(pem), activeFrom: now + delaySeconds * 1000, pem };
  const draft = `${path}.${randomUUID()}`;
  const { mode } = await stat(path);
  await writeFile(draft, toKeyFile([...getPublishedKeys(keys, now), next]), { mode, flag: 'wx' });
  await rename(draft, path);
  return { kid: next.key.kid, activeFrom: new Date(next.activeFrom) };
}
