import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(__dirname, '../../../..');
const services = ['gateway', 'inventory', 'checkout'];
const getMigrations = (service: string) => join('apps', service, 'src/postgres/migrations');

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();

/**
 * The commit that a rollback leads to: `ROLL_BACK_TO`, the newest release before this commit, the last commit before the newest migration, or,
 * when there are only the first migrations, their commit. Undefined without the history.
 */
export function findEarlierVersion(): string | undefined {
  if (process.env.ROLL_BACK_TO) return process.env.ROLL_BACK_TO;
  try {
    if (git('rev-parse', '--is-shallow-repository') !== 'false') return undefined;
    const release = git('tag', '--merged', 'HEAD^', '--sort=-creatordate').split('\n')[0];
    if (release) return release;
    const files = services.flatMap((service) =>
      readdirSync(join(root, getMigrations(service)))
        .filter((file) => file.endsWith('.sql'))
        .map((file) => join(getMigrations(service), file)),
    );
    const added = files.filter((file) => !file.endsWith('/001-initial.sql'));
    if (added.length > 0)
      return git('rev-parse', `${git('log', '-1', '--diff-filter=A', '--format=%H', '--', ...added)}^`);
    return git('log', '-1', '--format=%H', '--', ...files);
  } catch {
    return undefined;
  }
}

export interface EarlierVersion {
  /** Runs a command in its folder. */
  run(command: string, args: string[], env?: NodeJS.ProcessEnv): Promise<string>;
  readonly folder: string;
  /** Replaces its migrations by those of this version. */
  useNewerMigrations(): void;
  remove(): void;
}

/** Builds a commit in a temporary folder, with the packages of this version. */
export async function buildEarlierVersion(commit: string): Promise<EarlierVersion> {
  const folder = mkdtempSync(join(tmpdir(), 'earlier-version-'));
  execFileSync('sh', ['-c', `git archive "$1" | tar -x -C "$2"`, 'sh', commit, folder], { cwd: root });
  // Not the folder itself, to which the build adds its cache.
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  const run: EarlierVersion['run'] = async (command, args, env = {}) => {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd: folder,
      env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  await run('npx', ['nx', 'run-many', '-t', 'build', '--outputStyle=static']);
  return {
    folder,
    run,
    useNewerMigrations() {
      for (const service of services) {
        rmSync(join(folder, getMigrations(service)), { recursive: true });
        cpSync(join(root, getMigrations(service)), join(folder, getMigrations(service)), { recursive: true });
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
