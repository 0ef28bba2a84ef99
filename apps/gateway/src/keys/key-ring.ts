import { followFiles } from '@badger-store/service-kit';
import { getPublishedKeys, getSigningKey, parseKeyFile } from './key-file';

/** While the file can't be used, the keys that were read before stay. */
export function openKeyRing(path: string, report: (error: unknown) => void, pollMs?: number) {
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
