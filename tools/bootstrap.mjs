// Runs before the npm packages are installed, so that it can use Node's modules only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function fail(message) {
  process.stderr.write(`badger-store: ${message}\n`);
  process.exit(1);
}

export function say(message) {
  process.stdout.write(`${message}\n`);
}

/** With `quiet` it prints the command's output only if the command fails. */
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

/** Builds every project, and prints a line for each one that is built. */
export async function buildAll() {
  say('building …');
  const args = ['run-many', '-t', 'build', '--output-style=static'];
  const build = spawn(join('node_modules', '.bin', 'nx'), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  build.stderr.on('data', (chunk) => output.push(String(chunk)));
  for await (const line of createInterface({ input: build.stdout })) {
    output.push(`${line}\n`);
    const [, project] = /nx run ([\w-]+):build\b/.exec(line) ?? [];
    if (project) say(`  ${project}`);
  }
  const code = build.exitCode ?? (await new Promise((resolve) => build.once('close', resolve)));
  if (code === 0) return;
  process.stderr.write(output.join(''));
  fail('the build failed');
}

/** Installs the packages of the workspace, or of a folder with its own lock file. */
export function ensurePackages(folder = root) {
  if (arePackagesInstalled(folder)) return;
  say('installing the npm packages (npm ci) …');
  if (!run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund']).ok) fail('npm ci failed');
}

/** Optional packages for other platforms may be missing. */
function arePackagesInstalled(folder) {
  const installedLock = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = readPackages(installedLock);
  return Object.entries(readPackages(join(folder, 'package-lock.json'))).every(
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

/** Installs `redis-server` with the system's package manager if it is missing. */
export function ensureRedis() {
  if (isInstalled('redis-server')) return;
  const installer = installers.find(({ tool }) => isInstalled(tool));
  if (!installer)
    fail(
      'redis-server is not installed, and no known package manager was found; install redis-server, or set REDIS_URL',
    );
  const asRoot = process.getuid?.() === 0 || installer.asUser;
  if (!asRoot && !isInstalled('sudo')) fail('redis-server is not installed; install it as root, or set REDIS_URL');
  say(`redis-server is not installed; installing it with ${installer.tool} …`);
  for (const command of installer.commands) {
    const [tool, ...args] = asRoot ? command : ['sudo', ...command];
    // RUNLEVEL=1 prevents Debian from starting the system's Redis service.
    if (!run(tool, args, { env: { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' } }).ok)
      fail(`${command.join(' ')} failed`);
  }
  if (!isInstalled('redis-server')) fail('redis-server is still not on the PATH');
}

function isInstalled(tool) {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}
