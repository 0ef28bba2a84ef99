import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(__dirname, '..');

it('API.md is what TypeDoc makes of the source: `npm run docs:generate` writes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'badger-api-'));
  const typedoc = join(project, '../../node_modules/typedoc/bin/typedoc');
  execFileSync(process.execPath, [typedoc, '--options', 'typedoc.json', '--out', folder], { cwd: project });
  const generated = readFileSync(join(folder, 'README.md'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(generated).toContain('function createCarts');
  if (process.env.WRITE_DOCUMENTS) writeFileSync(join(project, 'API.md'), generated);
  else expect(readFileSync(join(project, 'API.md'), 'utf8')).toBe(generated);
});
