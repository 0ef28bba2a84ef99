import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentKey } from './generate-keys';
import { toSigningKey } from './key-file';

const folder = mkdtempSync(join(tmpdir(), 'development-key-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const kidIn = (path: string) => toSigningKey(readFileSync(path, 'utf8')).kid;

describe('development key', () => {
  it('a development key is created once, with its folder', async () => {
    const path = join(folder, 'once', 'keys', 'key.pem');
    await ensureDevelopmentKey(path);
    const made = kidIn(path);
    await ensureDevelopmentKey(path);
    expect(kidIn(path)).toBe(made);
  });

  it('a development key is readable by its owner only', async () => {
    const path = join(folder, 'key.pem');
    await ensureDevelopmentKey(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('concurrent processes create one development key', async () => {
    for (let round = 0; round < 10; round += 1) {
      const keys = join(folder, `at-once-${round}`);
      const path = join(keys, 'key.pem');
      const kids = await Promise.all(
        Array.from({ length: 8 }, async () => {
          await ensureDevelopmentKey(path);
          return kidIn(path);
        }),
      );
      expect(new Set(kids).size).toBe(1);
      expect(readdirSync(keys)).toEqual(['key.pem']);
    }
  });

  it('creating a development key rejects when the path can’t be written', async () => {
    const path = join(folder, 'file.pem');
    await ensureDevelopmentKey(path);
    await expect(ensureDevelopmentKey(join(path, 'key.pem'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
