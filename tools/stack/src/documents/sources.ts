import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  readonly path: string;
  readonly text: string;
}

/** The files of the repository, those that are not added yet included. */
export function listFiles(root: string, ...patterns: readonly string[]): string[] {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
}

/** The TypeScript of services and libraries, without tests. */
export function readSources(root: string): Source[] {
  return listFiles(root, 'apps/*.ts', 'libs/*.ts')
    .filter((path) => /\/src\//.test(path) && !/\.spec\.ts$|\.story\.ts$|\/(testing|stress)\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
