import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import services from '../../../../services.json';
import { pairOf } from './service-token';

const pairs = Object.entries(services).flatMap(([caller, { calls }]) => calls.map((callee) => `${caller}:${callee}`));

/**
 * Makes the secrets that services share in development, once, however many of them do it at the same time. A file from before that
 * lacks a pair gets it; one without any secret is left alone.
 */
export async function ensureDevelopmentSecrets(path: string): Promise<void> {
  await ensureDevelopmentFile(path, pairs.map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`).join(''));
  const text = await readFile(path, 'utf8');
  const present = text.split('\n').flatMap((line) => pairOf(line)?.name ?? []);
  const missing = pairs.filter((pair) => !present.includes(pair));
  if (present.length === 0 || missing.length === 0) return;
  // Made from the secrets that are there, so that all services that add it at the same time add the same.
  const secretOf = (pair: string) => createHmac('sha256', text).update(pair).digest('base64url');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, [text.trimEnd(), ...missing.map((pair) => `${pair} ${secretOf(pair)}`), ''].join('\n'), {
    mode: 0o600,
    flag: 'wx',
  });
  await rename(draft, path);
}

/** Makes a file that only its owner can read, unless it is there. */
export async function ensureDevelopmentFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Linked only when it is whole, so that nobody ever reads half of it.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}
