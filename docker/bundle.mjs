// node docker/bundle.mjs <service> <folder>: copies a built service and its dependencies into a folder.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The packages that nx.json keeps out of the bundle, since they read their own files at run time, with these files. */
const besideTheBundle = {
  '@node-rs/argon2': ['index.js'],
  'swagger-ui-dist': ['absolute-path.js', 'swagger-ui.css', 'swagger-ui-bundle.js'],
};
/** An optional dependency of `pg`. */
const absent = ['pg-native'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [service, folder] = process.argv.slice(2);
if (!service || !folder) throw new Error('usage: node docker/bundle.mjs <service> <folder>');
const built = join(root, 'dist', 'apps', service);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of ['main.js', 'main.js.map']) cpSync(join(built, file), join(folder, file));
const metafile = JSON.parse(readFileSync(join(built, 'meta.json'), 'utf8'));

const packages = new Set(Object.keys(metafile.inputs).map(packageFolder).filter(Boolean));
const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
const outside = new Set(imported.filter(({ external }) => external).map(({ path }) => getName(path)));
for (const name of outside) {
  if (absent.includes(name) || name.startsWith('node:') || builtinModules.includes(name)) continue;
  if (!(name in besideTheBundle))
    throw new Error(`${name} is neither in the bundle nor in the list of packages beside it`);
  copyPackage(name, besideTheBundle[name]);
}
for (const assets of ['docs', 'assets']) {
  if (existsSync(join(built, assets))) cpSync(join(built, assets), join(folder, assets), { recursive: true });
}
if (service === 'gateway') cpSync(join(root, 'dist', 'apps', 'storefront'), join(folder, 'site'), { recursive: true });
cpSync(join(root, 'docker', 'health.mjs'), join(folder, 'health.mjs'));
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), [...packages].sort().map(getLicence).join('\n'));

function copyPackage(name, files) {
  const from = join(root, 'node_modules', name);
  const to = join(folder, 'node_modules', name);
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  packages.add(`node_modules/${name}`);
  for (const file of ['package.json', ...files]) cpSync(join(from, file), join(to, file));
  // npm installed the package with the binary for this platform.
  for (const binary of Object.keys(optionalDependencies)) {
    const path = join(root, 'node_modules', binary);
    if (existsSync(path)) cpSync(path, join(folder, 'node_modules', binary), { recursive: true });
  }
}

function getName(path) {
  const parts = path.split('/');
  return path.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

/** The folder of the package of a file. A package can be installed in several versions. */
function packageFolder(path) {
  const [, outer, inner] = /^(.*node_modules\/)(.+)$/.exec(path) ?? [];
  return inner && outer + getName(inner);
}

function getLicence(folder) {
  const from = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const texts = readdirSync(from)
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .map((file) => readFileSync(join(from, file), 'utf8').trim());
  return [`## ${name} ${version} (${license})`, ...texts, ''].join('\n\n');
}
