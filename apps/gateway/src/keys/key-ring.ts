import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterval } from '@badger-store/service-kit';
import { getPublishedKeys, getSigningKey, parseKeyFile } from './key-file';

export interface KeyRingOptions {
  readonly path: string;
  /** Called when the file can't be used; the keys that were read before stay. */
  readonly report: (error: unknown) => void;
  readonly pollMs?: number;
}

/** Polls the file: watching it misses a mounted Secret, which is a symlink that is replaced. */
export function openKeyRing({ path, report, pollMs = 1000 }: KeyRingOptions) {
  let text = readFileSync(path, 'utf8');
  let keys = parseKeyFile(text, Date.now());
  const polls = createInterval(async () => {
    try {
      const current = await readFile(path, 'utf8');
      if (current !== text) {
        text = current;
        keys = parseKeyFile(text, Date.now());
      }
    } catch (error) {
      report(error);
    }
    return pollMs;
  });
  polls.runNow();
  const published = () => getPublishedKeys(keys, Date.now()).map(({ key }) => key);

  return {
    signing: () => getSigningKey(keys, Date.now()),
    published,
    find: (kid: string) => published().find((key) => key.kid === kid),
    close: () => void polls.stop(),
  };
}
