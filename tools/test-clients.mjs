// npm run test:clients [-- URL]: generates a Python and a TypeScript client from the OpenAPI document of a running store, and shops with
// each. Needs Java, Python 3 and Maven, or the generator in OPENAPI_GENERATOR_JAR.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, fail, root, run, say } from './bootstrap.mjs';

const version = '7.17.0';
const store = process.argv[2] ?? 'http://localhost:3000';
const folder = join(root, 'test-output', 'clients');

ensurePackages();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const must = (what, command, args) => {
  say(`${what} …`);
  if (!run(command, args, { quiet: what !== tour }).ok) fail(`${what}: failed`);
};
const tour = 'shopping';

const jar = process.env.OPENAPI_GENERATOR_JAR ?? join(folder, `openapi-generator-cli-${version}.jar`);
if (!process.env.OPENAPI_GENERATOR_JAR) {
  const artifact = `org.openapitools:openapi-generator-cli:${version}`;
  must('downloading the generator', 'mvn', [
    '--quiet',
    'dependency:copy',
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${folder}`,
  ]);
}
const generate = (generator) => {
  const output = join(folder, generator);
  const input = `${store}/openapi.json`;
  must(`generating ${generator}`, 'java', ['-jar', jar, 'generate', '-i', input, '-g', generator, '-o', output]);
  return output;
};

const python = generate('python');
const environment = join(folder, 'venv');
must('creating a Python environment', 'python3', ['-m', 'venv', environment]);
must('installing the Python client', join(environment, 'bin', 'pip'), ['install', '--quiet', python]);
must(tour, join(environment, 'bin', 'python'), [join(root, 'tools', 'clients', 'tour.py'), store]);

generate('typescript-fetch');
const source = join(root, 'tools', 'clients', 'tour.mts');
const program = join(folder, 'tour.mjs');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const types = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler'];
must('compiling the TypeScript client', bin('tsc'), [
  ...types,
  ...['--target', 'es2023', '--types', 'node', '--ignoreConfig', source],
]);
must('bundling the TypeScript client', bin('esbuild'), [
  source,
  '--bundle',
  '--platform=node',
  '--format=esm',
  `--outfile=${program}`,
]);
must(tour, process.execPath, [program, store]);
