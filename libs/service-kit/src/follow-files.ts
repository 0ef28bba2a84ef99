import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterval } from './interval';

export interface FollowedFiles<Value> {
  current(): Value;
  close(): void;
}

export interface FollowOptions<Value> {
  readonly paths: readonly string[];
  /** Gets the texts in the order of `paths`. Throws if they can't be used. */
  readonly parse: (texts: readonly string[]) => Value;
  /** Called once for each different failure; the last good value stays. */
  readonly report: (error: unknown) => void;
  readonly onChange?: (value: Value) => void;
  /** Default 1000. */
  readonly pollMs?: number;
}

/**
 * Reads files, and reads them again when they change. Throws if the first read fails. It polls, because watching a file misses a mounted
 * Secret, which is a symlink that is replaced.
 */
export function followFiles<Value>(options: FollowOptions<Value>): FollowedFiles<Value> {
  const { paths, parse, report, onChange, pollMs = 1000 } = options;
  let texts = paths.map((path) => readFileSync(path, 'utf8'));
  let value = parse(texts);
  let failure: string | undefined;

  const polls = createInterval(async () => {
    try {
      const found = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
      if (found.some((text, index) => text !== texts[index])) {
        value = parse(found);
        texts = found;
        onChange?.(value);
      }
      failure = undefined;
    } catch (error) {
      if (failure !== String(error)) report(error);
      failure = String(error);
    }
    return pollMs;
  });
  return { current: () => value, close: () => void polls.stop() };
}
