// npm run lint:openapi: checks the OpenAPI document with Redocly and Spectral. A warning fails, too.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root, run } from './bootstrap.mjs';
import { loadStoreApi } from '../libs/store-api/load-store-api.mjs';

const folder = join(root, 'test-output');
const file = join(folder, 'openapi.json');
const { createOpenApi } = await loadStoreApi();
mkdirSync(folder, { recursive: true });
writeFileSync(file, JSON.stringify(createOpenApi('0.0.0'), null, 2));

const bin = (name) => join(root, 'node_modules', '.bin', name);
const config = (name) => join(root, 'libs', 'store-api', name);
const quiet = { env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } };
const redocly = run(bin('redocly'), ['lint', file, '--config', config('redocly.yaml'), '--format', 'stylish'], quiet);
const spectral = run(bin('spectral'), ['lint', file, '--ruleset', config('spectral.yaml'), '--fail-severity', 'hint']);
if (!redocly.ok || !spectral.ok) fail('the OpenAPI document has findings');
