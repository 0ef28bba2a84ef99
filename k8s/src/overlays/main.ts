import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkOverlay } from './check-overlay';
import { pinImages } from './pin-images';

const usage = `usage: npx nx run k8s:check overlays/NAME …
       npx nx run k8s:pin overlays/NAME VERSION [--registry HOST/PATH]
check prints what keeps each overlay from being deployed. pin writes the digests of a release's images, which docker buildx reads.`;

void main(process.argv.slice(2));

async function main([command, ...args]: readonly string[]): Promise<void> {
  try {
    if (command === 'check') await check(args);
    else if (command === 'pin') await pin(args);
    else throw new Error(usage);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

async function check(args: readonly string[]): Promise<void> {
  const { positionals: folders } = parseArgs({ args: [...args], allowPositionals: true });
  if (folders.length === 0) throw new Error(usage);
  for (const folder of folders.map(toPath)) {
    const findings = await checkOverlay(folder);
    for (const finding of findings) process.stdout.write(`${folder}: ${finding}\n`);
    if (findings.length > 0) process.exitCode = 1;
    else process.stdout.write(`${folder}: ready to deploy\n`);
  }
}

async function pin(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { registry: { type: 'string' } },
  });
  const [folder, version, ...others] = positionals;
  if (folder === undefined || version === undefined || others.length > 0) throw new Error(usage);
  for (const image of await pinImages(toPath(folder), { version, registry: values.registry }))
    process.stdout.write(`${image}\n`);
}

/** Folders are relative to k8s. */
function toPath(folder: string): string {
  return relative('.', resolve('k8s', folder));
}
