import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { ensureDevelopmentKey } from './development-files';
import { parseKeyFile, publishedKeys, signingKeyOf, toKeyFile } from './key-file';
import { openKeyRing } from './key-ring';
import { rotateKeys } from './rotate-keys';

const folder = mkdtempSync(join(tmpdir(), 'key-file-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));
let last = 0;
const newFile = async () => {
  const path = join(folder, `${(last += 1)}.pem`);
  await ensureDevelopmentKey(path);
  return path;
};

const minute = 60_000;
const now = Date.now();
const pem = () =>
  String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })).trim();
const dated = (...minutes: number[]) =>
  parseKeyFile(
    minutes.map((at) => `active-from: ${new Date(now + at * minute).toISOString()}\n${pem()}`).join('\n'),
    now,
  );

describe('of the keys in a file', () => {
  it('the newest that is active signs, and a coming one is published before', () => {
    const keys = dated(-60, -1, 5);
    expect(signingKeyOf(keys, now)).toBe(keys[1]?.key);
    expect(signingKeyOf(keys, now + 5 * minute)).toBe(keys[2]?.key);
    expect(publishedKeys(keys, now)).toHaveLength(3);
  });

  it('one that was replaced is published until no userToken of it can be valid any more', () => {
    const keys = dated(-60, -1);
    expect(publishedKeys(keys, now + 13 * minute)).toHaveLength(2);
    expect(publishedKeys(keys, now + 15 * minute)).toEqual([keys[1]]);
  });

  it('all come back from what is written', () => {
    const keys = dated(-60, 5);
    expect(parseKeyFile(toKeyFile(keys), now).map(({ key }) => key.kid)).toEqual(keys.map(({ key }) => key.kid));
  });

  it('one without a date signs at once', () => {
    expect(parseKeyFile(pem(), now)).toMatchObject([{ activeFrom: 0 }]);
  });

  it.each([
    ['nothing', () => ''],
    ['no key that is active', () => `active-from: ${new Date(now + minute).toISOString()}\n${pem()}`],
    ['a date that is none', () => `active-from: soon\n${pem()}`],
    [
      'a key of another curve',
      () =>
        String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ],
  ])('%s is no file of keys', (_what, text) => {
    expect(() => parseKeyFile(text(), now)).toThrow();
  });
});

describe('rotating', () => {
  it('adds a key that signs later, for the owner alone, and not a second one before', async () => {
    const path = await newFile();
    const before = parseKeyFile(readFileSync(path, 'utf8'), now)[0]?.key.kid;
    const { kid, activeFrom } = await rotateKeys(path, 300);
    expect(activeFrom.getTime()).toBeGreaterThan(now + 299_000);
    const keys = parseKeyFile(readFileSync(path, 'utf8'), now);
    expect(keys.map(({ key }) => key.kid)).toEqual([before, kid]);
    expect(signingKeyOf(keys, now).kid).toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(rotateKeys(path, 300)).rejects.toThrow('still to come');
  });
});

describe('a key ring', () => {
  it('follows the file, and keeps what it has when the file is no good', async () => {
    const path = await newFile();
    const reports: unknown[] = [];
    const ring = openKeyRing({ path, report: (error) => reports.push(error), lookMs: 10 });
    const first = ring.signing().kid;
    const { kid } = await rotateKeys(path, 300);
    await until('the new key is published', () => ring.find(kid) !== undefined);
    expect(ring.signing().kid).toBe(first);
    expect(ring.published()).toHaveLength(2);

    writeFileSync(path, 'nonsense');
    await until('that is told', () => reports.length > 0);
    expect([ring.signing().kid, ring.published().length]).toEqual([first, 2]);
    ring.close();
  });
});
