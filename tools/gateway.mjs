// npm run api-keys, npm run keys:rotate: runs a command of the gateway's program, with the settings of development where none are set.
import { join } from 'node:path';
import { ensurePackages, fail, nx, root, run } from './bootstrap.mjs';

ensurePackages();
if (!nx(['build', 'gateway'], { quiet: true }).ok) fail('the build failed');
process.env.NODE_ENV ??= 'development';
process.env.LOG_LEVEL ??= 'warn';
process.chdir(root);
const program = join(root, 'dist', 'apps', 'gateway', 'main.js');
process.exitCode = run(process.execPath, [program, ...process.argv.slice(2)]).ok ? 0 : 1;
