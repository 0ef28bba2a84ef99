import { followFiles } from '@badger-store/service-kit';
import { getPublishedKeys, getSigningKey, parseKeyFile } from './key-file';

export interface KeyRingOptions {
  readonly path: string;
  /** Called when the file can't be used; the keys that were read before stay. */
  readonly report: (error: unknown) => void;
  readonly pollMs?: number;
}

export function openKeyRing({ path, report, pollMs }: KeyRingOptions) {
  const file = followFiles({
    paths: [path],
    parse: ([text = '']) => parseKeyFile(text, Date.now()),
    report,
    pollMs,
  });
  const published = () => getPublishedKeys(file.current(), Date.now()).map(({ key }) => key);

  return {
    signing: () => getSigningKey(file.current(), Date.now()),
    published,
    find: (kid: string) => published().find((key) => key.kid === kid),
    close: file.close,
  };
}
