import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { ensureDevelopmentKey, rotateKeys } from './generate-keys';
import { getPublishedKeys, getSigningKey, parseKeyFile, toKeyFile } from './key-file';
import { openKeyRing } from './key-ring';

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

describe('key file', () => {
  it('the newest active key signs, and a pending key is published', () => {
    const keys = dated(-60, -1, 5);
    expect(getSigningKey(keys, now)).toBe(keys[1]?.key);
    expect(getSigningKey(keys, now + 5 * minute)).toBe(keys[2]?.key);
    expect(getPublishedKeys(keys, now)).toHaveLength(3);
  });

  it('a replaced key is published until its userTokens have expired', () => {
    const keys = dated(-60, -1);
    expect(getPublishedKeys(keys, now + 13 * minute)).toHaveLength(2);
    expect(getPublishedKeys(keys, now + 15 * minute)).toEqual([keys[1]]);
  });

  it('a key file is parsed to the keys that were written', () => {
    const keys = dated(-60, 5);
    expect(parseKeyFile(toKeyFile(keys), now).map(({ key }) => key.kid)).toEqual(keys.map(({ key }) => key.kid));
  });

  it('a key without a date is active', () => {
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
  ])('a key file with %s is invalid', (_what, text) => {
    expect(() => parseKeyFile(text(), now)).toThrow();
  });
});

describe('rotateKeys', () => {
  it('a rotation adds one pending key, in a file that only its owner can read', async () => {
    const path = await newFile();
    const before = parseKeyFile(readFileSync(path, 'utf8'), now)[0]?.key.kid;
    const { kid, activeFrom } = await rotateKeys(path, 300);
    expect(activeFrom.getTime()).toBeGreaterThan(now + 299_000);
    const keys = parseKeyFile(readFileSync(path, 'utf8'), now);
    expect(keys.map(({ key }) => key.kid)).toEqual([before, kid]);
    expect(getSigningKey(keys, now).kid).toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(rotateKeys(path, 300)).rejects.toThrow('is pending');
  });
});

describe('key ring', () => {
  it('a key ring reads a changed file, and keeps its keys when the file is invalid', async () => {
    const path = await newFile();
    const reports: unknown[] = [];
    const ring = openKeyRing(path, (error) => reports.push(error), 10);
    const first = ring.signing().kid;
    const { kid } = await rotateKeys(path, 300);
    await until('the new key is published', () => ring.find(kid) !== undefined);
    expect(ring.signing().kid).toBe(first);
    expect(ring.published()).toHaveLength(2);

    writeFileSync(path, 'nonsense');
    await until('the failure is reported', () => reports.length > 0);
    expect([ring.signing().kid, ring.published().length]).toEqual([first, 2]);
    ring.close();
  });
});
