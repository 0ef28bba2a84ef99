import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { until } from './until';

const folder = mkdtempSync(join(tmpdir(), 'child-processes-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('endWithThisProcess ends a stopped child when its parent is killed with -9', async () => {
  const module = join(folder, 'child-processes.js');
  buildSync({ entryPoints: [join(__dirname, 'child-processes.ts')], platform: 'node', format: 'cjs', outfile: module });
  const program = `
    const { endWithThisProcess } = require(${JSON.stringify(module)});
    const child = endWithThisProcess(require('node:child_process').spawn('sleep', ['600'], { detached: true }));
    child.kill('SIGSTOP');
    console.log(child.pid);
  `;
  const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(line);
  expect(isRunning(child)).toBe(true);
  parent.kill('SIGKILL');
  await until('the child is gone', () => !isRunning(child));
});
