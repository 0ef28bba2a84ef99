import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import services from '../../../../services.json';
import { parseSecret } from './service-token';

const pairs = Object.entries(services).flatMap(([caller, { calls }]) => calls.map((callee) => `${caller}:${callee}`));

/** Creates the secrets that services share in development, and adds the missing ones to an existing file. Safe to run concurrently. */
export async function ensureDevelopmentSecrets(path: string): Promise<void> {
  await ensureDevelopmentFile(path, pairs.map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`).join(''));
  const text = await readFile(path, 'utf8');
  const present = text.split('\n').flatMap((line) => parseSecret(line)?.name ?? []);
  const missing = pairs.filter((pair) => !present.includes(pair));
  if (present.length === 0 || missing.length === 0) return;
  // Derived from the present secrets, so that concurrent services add the same secret.
  const deriveSecret = (pair: string) => createHmac('sha256', text).update(pair).digest('base64url');
  const lines = missing.map((pair) => `${pair} ${deriveSecret(pair)}`);
  await rename(await writeDraft(path, [text.trimEnd(), ...lines, ''].join('\n')), path);
}

/** Creates a file that only its owner can read, unless it exists. */
export async function ensureDevelopmentFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = await writeDraft(path, content);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

/** A concurrent reader must not see a partial file: it is complete before it gets its name. */
async function writeDraft(path: string, content: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  return draft;
}
