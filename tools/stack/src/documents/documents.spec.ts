import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { serviceNames, type ServiceName } from '../services';
import { between } from './markdown';
import { contractRoutes, problemTable, serviceRoutes } from './routes';
import { commonTable, contractTable, envExample, readSettings, serviceTable } from './settings';

const root = resolve(__dirname, '../../../..');
const loadSchema = (service: ServiceName) =>
  (require(join(root, `apps/${service}/src/config.ts`)) as { configSchema: z.ZodObject }).configSchema;
const settings = readSettings(
  Object.fromEntries(serviceNames.map((name) => [name, loadSchema(name)])) as Record<ServiceName, z.ZodObject>,
);

/** What is generated: the name of its marks, in which document, and what stands between them. */
const parts: readonly (readonly [name: string, path: string, content: string])[] = [
  ['settings', 'docs/contract.md', contractTable(settings)],
  ['routes', 'docs/contract.md', contractRoutes()],
  ['problems', 'docs/contract.md', problemTable()],
  ['settings', 'libs/service-kit/README.md', commonTable(settings)],
  ...serviceNames.flatMap((name) => [
    ['settings', `apps/${name}/README.md`, serviceTable(settings, name)] as const,
    ['routes', `apps/${name}/README.md`, serviceRoutes(name)] as const,
  ]),
];
const envMarks = /(?<=^# generated\n\n)[^]*(?=\n\n# end of what is generated$)/m;

it.each([
  ...parts.map(([name, path, content]) => [path, name, (text: string) => between(text, name, content)] as const),
  ['.env.example', 'settings', (text: string) => text.replace(envMarks, () => envExample(settings))] as const,
])('%s has the %s of the code: `npm run docs:generate` writes them', (path, _name, generate) => {
  const text = readFileSync(join(root, path), 'utf8');
  const generated = generate(text);
  if (process.env.WRITE_DOCUMENTS) writeFileSync(join(root, path), generated);
  else expect(text).toBe(generated);
});
