// npm run profile -- NAME: installs what is missing, builds, and shows where the time of a service under load goes.
import { benchmark, prepareBenchmarks } from './benchmark.mjs';
import { fail } from './bootstrap.mjs';

const services = ['gateway', 'inventory'];
const [service] = process.argv.slice(2);
if (!services.includes(service)) fail(`name one of ${services.join(', ')}`);

prepareBenchmarks();
process.exitCode = benchmark('profile.mjs', service) ? 0 : 1;
