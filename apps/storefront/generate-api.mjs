// Writes the types of the API, and the table of its routes, from the document and the operations of libs/store-api.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { loadStoreApi } from '../../libs/store-api/load-store-api.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'src/api/generated');

const { createOpenApi, operations } = await loadStoreApi();

mkdirSync(folder, { recursive: true });
const types = await openapiTS(JSON.parse(JSON.stringify(createOpenApi('generated'))));
writeFileSync(join(folder, 'schema.d.ts'), astToString(types));
const routes = operations.map(({ method, path, servedBy }) => ({ method: method.toUpperCase(), path, servedBy }));
writeFileSync(join(folder, 'routes.ts'), `export const routes = ${JSON.stringify(routes, null, 2)} as const;\n`);
