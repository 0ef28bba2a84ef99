// npm run api-keys, npm run keys:rotate: runs a command of the gateway for the store of `npm start`, with the same settings in the
// shell. With NODE_ENV=production the shell has to set every setting of the gateway.
import { join } from 'node:path';
import { ensurePackages, fail, nx, root, run } from './bootstrap.mjs';

const args = process.argv.slice(2);
const isProduction = process.env.NODE_ENV === 'production';
ensurePackages();
if (!nx(['run-many', '-t', 'build', '-p', 'gateway,stack'], { quiet: true }).ok) fail('the build failed');
process.chdir(root);
const built = isProduction ? ['apps', 'gateway'] : ['tools', 'stack'];
const program = join(root, 'dist', ...built, 'main.js');
process.exitCode = run(process.execPath, [program, ...(isProduction ? [] : ['gateway']), ...args]).ok ? 0 : 1;
