import { relative, resolve } from 'node:path';
import { checkOverlay } from './check-overlay';

const usage = 'usage: npx nx run k8s:check overlays/NAME …';

void main(process.argv.slice(2));

/** Prints what keeps each overlay from being deployed. The folders are relative to k8s. */
async function main(folders: readonly string[]): Promise<void> {
  if (folders.length === 0 || folders.some((folder) => folder.startsWith('-'))) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  for (const folder of folders) {
    const path = relative('.', resolve('k8s', folder));
    try {
      const findings = await checkOverlay(path);
      for (const finding of findings) process.stdout.write(`${path}: ${finding}\n`);
      if (findings.length > 0) process.exitCode = 1;
      else process.stdout.write(`${path}: ready to deploy\n`);
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  }
}
