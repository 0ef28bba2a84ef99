import { resolve } from 'node:path';
import { operations } from '@badger-store/store-api';
import { readSources } from './sources';

const sources = readSources(resolve(__dirname, '../../../..'));

it.each(operations)('$servedBy serves $method $path', ({ method, path, servedBy }) => {
  const text = sources
    .filter((source) => source.path.startsWith(`apps/${servedBy}/`))
    .map((source) => source.text)
    .join('\n');
  const literal = `'${path.replace(/\{(\w+)\}/g, ':$1')}'`;
  // The documents of the gateway are one list of paths, all of them GET.
  const isServed = text.replace(/\(\s+/g, '(').includes(`.${method}(${literal}`);
  expect(isServed || (servedBy === 'gateway' && method === 'get' && text.includes(literal))).toBe(true);
});

describe.each(operations.filter(({ servedBy }) => servedBy !== 'gateway'))(
  '$method $path of $servedBy',
  ({ method, path, servedBy, scope, problems }) => {
    const guards = readGuards(servedBy, `.${method}('${path.replace(/\{(\w+)\}/g, ':$1')}',`);

    it('asks for the scope that the operation has', () => {
      const required = [...guards.matchAll(/requireScope\('([^']+)'\)/g)].map(([, name]) => name);
      expect(required).toEqual(scope === undefined ? [] : [scope]);
    });

    it('lists REVOCATIONS_STALE exactly if it asks for fresh revocations', () => {
      expect(problems.includes('REVOCATIONS_STALE')).toBe(guards.includes('requireFreshRevocations('));
    });
  },
);

/** What stands before the handler of a route, the lists of middleware that it names included. */
function readGuards(service: string, call: string): string {
  const texts = sources
    .filter((source) => source.path.startsWith(`apps/${service}/`))
    .map((source) => source.text.replace(/\(\s+/g, '('));
  const text = texts.find((each) => each.includes(call)) ?? '';
  const [line = ''] = text.slice(text.indexOf(call) + call.length).split('=>');
  const lists = [...line.matchAll(/\b\w+\b/g)].map(
    ([name]) => new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(text)?.[1],
  );
  return [line, ...lists].join();
}
