import { readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { scopes } from '@badger-store/service-kit';
import { operations } from '@badger-store/store-api';
import { externalNames } from './external-names';
import { listFiles } from './sources';

const root = resolve(__dirname, '../../../..');
const files = listFiles(root);
const documents = files.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md');
const folders = new Set(
  files.flatMap((path) => path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))),
);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every word of the sources: what a document names has to be one of them. */
const sources = files
  .filter(
    (path) =>
      !/\.(md|svg|png|json|txt)$|names(\.spec)?\.ts$/.test(path) ||
      /(package|services|project|nx|store)\.json$/.test(path),
  )
  .map((path) => `${path}\n${read(path)}`)
  .join('\n');
const words = new Set(sources.match(/[A-Za-z_]\w*/g));
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
const services = Object.keys(JSON.parse(read('services.json')) as object);

const withoutBlocks = (text: string) => text.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '');
const inlineCode = (text: string) =>
  [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string);

/** https://github.com/gjtorikian/html-pipeline: how GitHub makes the anchor of a heading. */
const toAnchor = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
const anchors = (path: string) => [
  ...[...withoutBlocks(read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => toAnchor(heading as string)),
  ...[...read(path).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id as string),
];

function brokenLinks(document: string): string[] {
  const targets = [...withoutBlocks(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  return targets.filter((target) => {
    if (/^(https?|mailto):/.test(target)) return false;
    const [file, anchor] = target.split('#') as [string, string?];
    const path = file === '' ? document : normalize(join(dirname(document), file)).replace(/\/$/, '');
    if (!files.includes(path) && !folders.has(path)) return true;
    return anchor !== undefined && !anchors(path).includes(anchor);
  });
}

const isExternal = (document: string, name: string) =>
  externalNames.some((external) => external.names.includes(name) && document.startsWith(external.in));

const looksLikePath = /^[\w.@-]+(\/[\w.@-]+)*\/?$/;
const topFolders = /^(apps|libs|tools|docs|k8s|docker|benchmarks|examples|\.github|\.ci)\//;
const ownFile = /^\w[\w.-]*\.(ts|tsx|mjs|cjs|lua|sql|yaml|sh|md|env|json|conf)$/;
/** What stands for a name, as in `x.spec.ts`, and what a command makes. */
const placeholder = /^x\.|\/x\.|NNN|\.secrets|^dist\//;

function isUnknownPath(document: string, code: string): boolean {
  if (!looksLikePath.test(code) || placeholder.test(code) || isExternal(document, code)) return false;
  const path = code.replace(/\/$/, '');
  if (topFolders.test(code)) return !files.includes(path) && !folders.has(path);
  if (!ownFile.test(code.split('/').at(-1) as string)) return false;
  const beside = normalize(join(dirname(document), path));
  return !files.includes(beside) && !files.some((file) => file === path || file.endsWith(`/${path}`));
}

const toRoute = (path: string) => path.replace(/[?#].*$/, '').replace(/[{:<][^/]+/g, '*');
const routes = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${toRoute(path)}`));

function isUnknownRoute(code: string): boolean {
  const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)/.exec(code) ?? [];
  if (method === undefined || path === undefined) return false;
  return !routes.has(`${method} ${toRoute(path)}`) && !sources.includes(`'${path.replace(/[{:<?].*$/, '')}`);
}

function unknownCommands(text: string): string[] {
  const npm = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].filter(([, name]) => !((name as string) in scripts));
  const run = [...text.matchAll(/(?:^|[`\s])(?:sh|node) ((?:[\w-]+\/)+[\w.-]+\.(?:sh|mjs|js))/gm)].filter(
    ([, path]) => !(path as string).startsWith('dist/') && !files.some((file) => file.endsWith(path as string)),
  );
  return [...npm, ...run].map(([command]) => command.trim());
}

/** Settings, error codes, metrics, exports: a word of a shape that only code has. */
const codeWord =
  /\b(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+[A-Z]\w*|(?:[A-Z][a-z0-9]+){2,})\b/g;

function unknownWords(document: string, code: string): string[] {
  if (/^https?:|^eyJ|^[A-Z]+ \/|…/.test(code)) return [];
  const known = (word: string) => words.has(word) || isExternal(document, word);
  return (code.match(codeWord) ?? []).filter((word) => !known(word));
}

describe.each(documents)('%s', (document) => {
  it('links to files and headings that exist', () => expect(brokenLinks(document)).toEqual([]));

  it('names files, routes, commands and code that exist', () => {
    const text = read(document).replace(/<service>/g, services[0] as string);
    const unknown = inlineCode(text).filter((code) => isUnknownPath(document, code) || isUnknownRoute(code));
    const strangeWords = inlineCode(text).flatMap((code) => unknownWords(document, code));
    expect([...unknownCommands(text), ...new Set([...unknown, ...strangeWords])]).toEqual([]);
  });
});

it('allows no external name that no document uses', () => {
  const isUsed = (folder: string, name: string) =>
    documents.some(
      (document) => document.startsWith(folder) && inlineCode(read(document)).some((code) => code.includes(name)),
    );
  expect(externalNames.flatMap(({ in: folder, names }) => names.filter((name) => !isUsed(folder, name)))).toEqual([]);
});

it('docs/contract.md lists the scopes that an API key can have', () => {
  expect(read('docs/contract.md')).toContain(`[--scopes ${scopes.join(',')}]`);
});

it('CONTRIBUTING.md has Schemathesis try each tag', () => {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  expect(tags.filter((tag) => !read('CONTRIBUTING.md').includes(`--include-tag ${tag}`))).toEqual([]);
});
