// What has to be there before anything of the workspace can run. Node's own modules only: the packages may be missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the program with one clear line. */
export function fail(message) {
  process.stderr.write(`badger-store: ${message}\n`);
  process.exit(1);
}

export function say(message) {
  process.stdout.write(`${message}\n`);
}

/** Runs a command to its end; its output is shown as it comes, or, with `quiet`, only when it fails. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0 && quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  return { ok: status === 0, error };
}

export const nx = (args, options) => run(join('node_modules', '.bin', 'nx'), args, options);

/** Those of the workspace, or of a folder in it that has a lock file of its own. */
export function ensurePackages(folder = root) {
  if (packagesAreInstalled(folder)) return;
  say('installing the npm packages (npm ci) …');
  if (!run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund']).ok) fail('npm ci failed');
}

/** Every package of the lock file is there in its version; those that are not for this machine may be missing. */
function packagesAreInstalled(folder) {
  const installedLock = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || (optional && !installed[path]) || installed[path]?.version === version,
  );
}

const installers = [
  {
    tool: 'apt-get',
    commands: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
    ],
  },
  { tool: 'dnf', commands: [['dnf', 'install', '-y', 'redis']] },
  { tool: 'apk', commands: [['apk', 'add', 'redis']] },
  { tool: 'brew', commands: [['brew', 'install', 'redis']], asUser: true },
];

/** Installs `redis-server` through the system's package manager where there is none. */
export function ensureRedis() {
  if (isThere('redis-server')) return;
  const installer = installers.find(({ tool }) => isThere(tool));
  if (!installer)
    fail('there is no redis-server here, and no package manager to get it from; install it, or set REDIS_URL');
  const asRoot = process.getuid?.() === 0 || installer.asUser;
  if (!asRoot && !isThere('sudo')) fail('there is no redis-server here; install it as root, or set REDIS_URL');
  say(`there is no redis-server here; installing it with ${installer.tool} …`);
  for (const command of installer.commands) {
    const [tool, ...args] = asRoot ? command : ['sudo', ...command];
    // RUNLEVEL=1 keeps Debian from starting the system's own Redis service, which nobody asked for.
    if (!run(tool, args, { env: { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' } }).ok)
      fail(`${command.join(' ')} failed`);
  }
  if (!isThere('redis-server')) fail('redis-server is still not on the PATH');
}

function isThere(tool) {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}
