// npm start: installs missing packages, builds, and runs the store until Ctrl-C or SIGTERM.
// npm run deps: the same for Redis and PostgreSQL only, for `nx serve`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAll, ensurePackages, ensureRedis, root } from './bootstrap.mjs';

ensurePackages();
const { REDIS_URL, REDIS_SENTINELS, REDIS_CLUSTER_NODES } = process.env;
if (!(REDIS_URL || REDIS_SENTINELS || REDIS_CLUSTER_NODES)) ensureRedis();
await buildAll();
process.chdir(root);
await import(pathToFileURL(join(root, 'dist', 'tools', 'stack', 'main.js')).href);
