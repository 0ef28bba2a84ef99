// npm run bench: installs what is missing, builds, and measures all subjects of the benchmarks in turn; with names, those.
import { onRequest, subjects } from '../benchmarks/subjects.mjs';
import { benchmark, prepareBenchmarks } from './benchmark.mjs';
import { fail } from './bootstrap.mjs';

const wanted = process.argv.slice(2);
const known = [...subjects, ...onRequest];
const unknown = wanted.find((name) => !known.includes(name));
if (unknown) fail(`there is no benchmark ${unknown}; there are ${known.join(', ')}`);

prepareBenchmarks();
const named = wanted.length > 0 ? wanted : subjects;
const together = subjects.filter((name) => named.includes(name));
const alone = onRequest.filter((name) => named.includes(name));
const runs = [...(together.length > 0 ? [['run.mjs', ...together]] : []), ...alone.map((name) => [`${name}.mjs`])];
process.exitCode = runs.map((args) => benchmark(...args)).every(Boolean) ? 0 : 1;
