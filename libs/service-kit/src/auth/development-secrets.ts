import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import services from '../../../../services.json';

const pairs = Object.entries(services).flatMap(([caller, { calls }]) => calls.map((callee) => `${caller}:${callee}`));

/** Creates the secrets that services share in development, unless the file exists. Safe to run concurrently. */
export const ensureDevelopmentSecrets = (path: string): Promise<void> =>
  ensureDevelopmentFile(path, pairs.map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`).join(''));

/** Creates a file that only its owner can read, unless it exists. */
export async function ensureDevelopmentFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A concurrent reader must not see a partial file: it is complete before it gets its name.
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
