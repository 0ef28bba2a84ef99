import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { SigningKey } from '../domain/signing-key';
import { parseKeyFile, publishedKeys, signingKeyOf, type DatedKey } from './key-file';

/** The keys of userTokens, as the file has them at this moment. */
export interface KeyRing {
  signing(): SigningKey;
  published(): readonly SigningKey[];
  find(kid: string): SigningKey | undefined;
  close(): void;
}

export interface KeyRingOptions {
  readonly path: string;
  /** Hears of a file that cannot be used any more; the keys that were read before stay. */
  readonly report: (error: unknown) => void;
  /** How often the file is looked at; default 1 s. */
  readonly lookMs?: number;
}

/** Reads the file again when it has changed. It is looked at, not watched: a mounted Secret is a symlink that is swapped. */
export function openKeyRing({ path, report, lookMs = 1000 }: KeyRingOptions): KeyRing {
  let keys = parseKeyFile(readFileSync(path, 'utf8'), Date.now());
  let seen = markOf(statSync(path));
  let looking = false;

  const look = async () => {
    if (looking) return;
    looking = true;
    try {
      const mark = markOf(await stat(path));
      if (mark !== seen) {
        seen = mark;
        keys = parseKeyFile(await readFile(path, 'utf8'), Date.now());
      }
    } catch (error) {
      report(error);
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), lookMs).unref();
  const published = () => publishedKeys(keys, Date.now());
  const keyOf = ({ key }: DatedKey) => key;

  return {
    signing: () => signingKeyOf(keys, Date.now()),
    published: () => published().map(keyOf),
    find: (kid) =>
      published()
        .map(keyOf)
        .find((key) => key.kid === kid),
    close: () => clearInterval(timer),
  };
}

const markOf = ({ ino, mtimeMs, size }: { ino: number; mtimeMs: number; size: number }) => `${ino} ${mtimeMs} ${size}`;
