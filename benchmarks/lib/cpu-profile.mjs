// A .cpuprofile of V8 as a tree of functions by their sources, with the time that each was seen at work.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const waiting = new Set(['(idle)', '(program)']);

/**
 * `{ name, place, own, all, children }`, times in ms. A function is one whatever called it from its caller's, so that the graph is as
 * wide as the time. What V8 names (idle) and (program) is left out: there the process waited, or was in the kernel.
 */
export function readCpuProfile(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
  const ownMs = new Map();
  samples.forEach((id, n) => ownMs.set(id, (ownMs.get(id) ?? 0) + timeDeltas[n] / 1000));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placeOf = createPlaces();

  const toTree = (node) => {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    const children = (node.children ?? [])
      .map((id) => toTree(byId.get(id)))
      .filter(({ name, all }) => all > 0 && !waiting.has(name));
    const own = waiting.has(functionName) ? 0 : (ownMs.get(node.id) ?? 0);
    const all = children.reduce((sum, child) => sum + child.all, own);
    const place = placeOf(url, lineNumber, columnNumber);
    return { name: functionName || '(anonymous)', place, own, all, children: merge(children) };
  };
  return toTree(nodes[0]);
}

/** Functions by their own time, the longest first. */
export function longest(tree, count) {
  const times = new Map();
  const visit = ({ name, place, own, children }) => {
    const key = `${name}\t${place}`;
    times.set(key, (times.get(key) ?? 0) + own);
    children.forEach(visit);
  };
  visit(tree);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([key, ms]) => {
      const [name, place] = key.split('\t');
      return { name, place, share: ms / tree.all };
    });
}

function merge(children) {
  const merged = new Map();
  for (const child of children) {
    const key = `${child.name} ${child.place}`;
    const known = merged.get(key);
    if (!known) merged.set(key, child);
    else {
      known.own += child.own;
      known.all += child.all;
      known.children = merge([...known.children, ...child.children]);
    }
  }
  return [...merged.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Where a function stands, by the bundle's source map: `node_modules/express/lib/router.js:12`. */
function createPlaces() {
  const maps = new Map();
  const mapOf = (file) => {
    if (!maps.has(file)) maps.set(file, readMap(join(dirname(file), `${basename(file)}.map`)));
    return maps.get(file);
  };
  return (url, line, column) => {
    if (!url.startsWith('file:') && !url.startsWith('/')) return url;
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    const { originalSource, originalLine } = mapOf(file)?.findEntry(line, column) ?? {};
    if (!originalSource) return `${basename(file)}:${line + 1}`;
    return `${relative(root, resolve(dirname(file), originalSource))}:${originalLine + 1}`;
  };
}

function readMap(path) {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
