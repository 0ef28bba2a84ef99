import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseServices } from './services';

const apps = resolve(__dirname, '../../../apps');

it.each(databaseServices)('%s lists the migrations that it has, in their order', (service) => {
  const folder = join(apps, service, 'src/postgres/migrations');
  const index = readFileSync(join(folder, 'index.ts'), 'utf8');
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const names = files.map((file) => file.replace('.sql', '')).sort();
  expect([...index.matchAll(/name: '([^']+)'/g)].map(([, name]) => name)).toEqual(names);
  expect([...index.matchAll(/from '\.\/([^']+)\.sql'/g)].map(([, name]) => name)).toEqual(names);
});
