import { resolve } from 'node:path';
import { readSources } from './documents/sources';
import { serviceNames } from './services';

const sources = readSources(resolve(__dirname, '../../..'));
/** A test holds the trigger of PostgreSQL to this table. */
const forTests = ['orderTransitions'];
const projects = serviceNames.map((service) => {
  const texts = sources.filter(({ path }) => path.startsWith(`apps/${service}/`)).map(({ text }) => text);
  return { service, text: texts.join('\n') };
});
const declared = projects.flatMap(({ service, text }) =>
  [...text.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)].map(([, name]) => ({
    service,
    name: name as string,
    uses: [...text.matchAll(new RegExp(`\\b${name}\\b`, 'gm'))].length - 1,
  })),
);

it('the services export values', () => {
  expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(['addStockRoutes', 'createPostgresStock']));
});

/** What only tests use counts as unused: routes that no app adds, an adapter that no composition root creates. */
it.each(declared.filter(({ name }) => !forTests.includes(name)))('$service uses $name', ({ uses }) => {
  expect(uses).toBeGreaterThan(0);
});
