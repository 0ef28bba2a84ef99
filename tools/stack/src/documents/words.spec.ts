import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listFiles } from './sources';

const root = resolve(__dirname, '../../../..');
const text = /\.(ts|tsx|md|mjs|cjs|lua|sql|ya?ml|json|sh|css|html|conf|example)$|Dockerfile$/;
const unread = /package-lock\.json$|^docs\/glossary\.md$|^tools\/stack\/src\/documents\/words/;

/** Places in which a word has another meaning. */
const allowed: readonly (readonly [word: string, path: RegExp, reason: string])[] = [
  ['operation id', /^(libs\/store-api|apps\/shop-e2e\/src\/(fuzz|stories))\//, 'operationId is OpenAPI’s name'],
  ['upstream failed', /./, 'the code UPSTREAM_FAILED: a service closed the connection'],
  ['goods', /^apps\/(storefront|shop-e2e)\//, 'the catalogue’s heading for customers'],
  ['as is', /^apps\/shop-e2e\/src\/fuzz\/send-request\.ts$/, 'an option of curl'],
  ['claim', /^(k8s|docs\/runbooks)\//, 'PersistentVolumeClaim and volumeClaimTemplates are Kubernetes’ names'],
  ...(['answer', 'answers', 'answered'] as const).map(
    (word) =>
      [
        word,
        /^libs\/service-kit\/src\/(keep-good-addresses|upstream\/upstream)\.spec\.ts$/,
        'the records that DNS returns',
      ] as const,
  ),
  ['chore', /^nx\.json$/, 'the commit type of a release'],
  ...(['nobody', 'told', 'whatever', 'away'] as const).map(
    (word) => [word, /^apps\/inventory\/src\/assets\/items\.json$/, 'descriptions of products'] as const,
  ),
  ['whatever', /^libs\/store-api\/src\/examples\.json$/, 'a description of a product'],
];

/** The last column of each table of the glossary. */
const wordsToAvoid = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (Word|Write|-)/.test(line))
  .flatMap((line) => (line.split('|').at(-2) ?? '').split(',').map((word) => word.trim()))
  .filter(Boolean);

/** `mayHaveHappened`, `may-have-happened` and `may have happened` are the same word. */
const toPlainWords = (line: string): string => line.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ');

const patterns = wordsToAvoid.map(
  (word) => [word, new RegExp(`\\b${toPlainWords(word).replaceAll(' ', '\\s+')}\\b`, 'i')] as const,
);

const files = listFiles(root).filter((path) => text.test(path) && !unread.test(path));

function findWords(path: string): string[] {
  const lines = [path, ...readFileSync(join(root, path), 'utf8').split('\n')].map(toPlainWords);
  return patterns.flatMap(([word, pattern]) => {
    if (allowed.some(([name, place]) => name === word && place.test(path))) return [];
    return lines.flatMap((line, n) => (pattern.test(line) ? [`${path}:${n}: ${word}`] : []));
  });
}

it('the glossary lists words to avoid', () => {
  expect(wordsToAvoid).toEqual(expect.arrayContaining(['claim', 'told', 'mayHaveHappened']));
});

it('a word of an identifier, a file name and a sentence is found', () => {
  const [, pattern] = patterns.find(([word]) => word === 'under way') ?? [];
  for (const found of ['isUnderWay', 'under-way.ts', 'a checkout is under way', 'CHECKOUT_UNDER_WAY']) {
    expect(toPlainWords(found)).toMatch(pattern ?? /$^/);
  }
  expect(toPlainWords('thunder ways')).not.toMatch(pattern ?? /./);
});

it('no file has a word that the glossary avoids', () => {
  expect(files.flatMap(findWords)).toEqual([]);
});

it('each exception is needed', () => {
  const unused = allowed.filter(([word, place]) => {
    const [, pattern] = patterns.find(([name]) => name === word) ?? [];
    return !files.some(
      (path) => place.test(path) && pattern?.test(toPlainWords(`${path}\n${readFileSync(join(root, path), 'utf8')}`)),
    );
  });
  expect(unused.map(([word, place]) => `${word} in ${place.source}`)).toEqual([]);
});
