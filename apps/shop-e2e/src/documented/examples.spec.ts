import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '@badger-store/store-api';
import { examples, type Example } from './examples';

const file = join(__dirname, '../../../../libs/store-api/src/examples.json');
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Example[]>;

it.each(operations.map(({ id }) => id))('the recorded examples of %s are those that the story sends', (operation) => {
  const toLines = (all: readonly Example[] = []) => all.map(({ summary, status }) => `${status} ${summary}`);
  expect(toLines(recorded[operation])).toEqual(toLines(examples[operation]));
});

it('each name in braces is kept from an earlier response, or set by the story', () => {
  const story = readFileSync(join(__dirname, '../stories/documented-examples.story.ts'), 'utf8');
  const all = Object.values(examples).flat();
  const kept = new Set([
    ...all.flatMap(({ keep = {} }) => Object.keys(keep)),
    ...[...story.matchAll(/kept\.set\('(\w+)'/g)].map(([, name]) => name),
  ]);
  const used = [...JSON.stringify(all).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !kept.has(name))).toEqual([]);
});
