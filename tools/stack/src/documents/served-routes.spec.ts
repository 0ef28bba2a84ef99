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
