import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const pairs = ['gateway:checkout', 'checkout:inventory'];

/** Makes the secrets that services share in development, once, however many of them do it at the same time. */
export const ensureDevelopmentSecrets = (path: string): Promise<void> =>
  ensureDevelopmentFile(path, pairs.map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`).join(''));

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
