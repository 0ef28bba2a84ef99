import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, type Example } from './examples';

const file = join(__dirname, '../../../../libs/store-api/src/examples.json');
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Example[]>;

it.each(Object.keys(examples))('the recorded examples of %s are those that the story sends', (operation) => {
  const toLines = (all: readonly Example[] = []) => all.map(({ summary, status }) => `${status} ${summary}`);
  expect(toLines(recorded[operation])).toEqual(toLines(examples[operation]));
});
