// Writes the types of the API, and the table of its routes, from the document and the operations of libs/store-api.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import openapiTS, { astToString } from 'openapi-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const folder = join(here, 'src/api/generated');

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['libs/store-api/src/index.ts'],
  tsconfig: 'libs/store-api/tsconfig.json',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  write: false,
});
const storeApi = { exports: {} };
new Function('module', 'exports', 'require', outputFiles[0].text)(
  storeApi,
  storeApi.exports,
  createRequire(import.meta.url),
);
const { createOpenApi, operations } = storeApi.exports;

mkdirSync(folder, { recursive: true });
const types = await openapiTS(JSON.parse(JSON.stringify(createOpenApi('generated'))));
writeFileSync(join(folder, 'schema.d.ts'), astToString(types));
const routes = operations.map(({ method, path, servedBy }) => ({ method: method.toUpperCase(), path, servedBy }));
writeFileSync(join(folder, 'routes.ts'), `export const routes = ${JSON.stringify(routes, null, 2)} as const;\n`);
