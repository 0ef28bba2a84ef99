import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { toSigningKey } from '../domain/signing-key';
import { parseKeyFile, publishedKeys, toKeyFile } from './key-file';

export interface Rotated {
  readonly kid: string;
  readonly activeFrom: Date;
}

/**
 * Adds a key to the file that will sign in `inSeconds`, and drops those that nobody needs any more. Until then every gateway
 * publishes it already, so that no service meets a key that it cannot find. The file is replaced in one step.
 * Throws while an earlier rotation waits for its moment.
 */
export async function rotateKeys(path: string, inSeconds: number): Promise<Rotated> {
  const now = Date.now();
  const keys = parseKeyFile(await readFile(path, 'utf8'), now);
  const waiting = keys.find(({ activeFrom }) => activeFrom > now);
  if (waiting) {
    throw new Error(`the key ${waiting.key.kid} is still to come, at ${new Date(waiting.activeFrom).toISOString()}`);
  }
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const next = { key: toSigningKey(String(pem)), activeFrom: now + inSeconds * 1000, pem: String(pem).trim() };
  const draft = `${path}.${randomUUID()}`;
  const { mode } = await stat(path);
  await writeFile(draft, toKeyFile([...publishedKeys(keys, now), next]), { mode, flag: 'wx' });
  await rename(draft, path);
  return { kid: next.key.kid, activeFrom: new Date(next.activeFrom) };
}
