import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseServices } from './services';

const apps = resolve(__dirname, '../../../apps');

it.each(databaseServices)('%s lists every migration that it has', (service) => {
  const folder = join(apps, service, 'src/postgres/migrations');
  const index = readFileSync(join(folder, 'index.ts'), 'utf8');
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const names = files.map((file) => file.replace('.sql', ''));
  expect(names.filter((name) => !index.includes(`'./${name}.sql'`) || !index.includes(`name: '${name}'`))).toEqual([]);
});
