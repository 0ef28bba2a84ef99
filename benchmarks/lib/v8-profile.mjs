// Profiles of V8 as a tree of functions by their sources: `{ name, place, own, all, children }`, in ms or in bytes, of the function
// itself and of all that it called. A function that is called twice from one place is one, so that a graph is as wide as the sum.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const waiting = new Set(['(idle)', '(program)']);

/**
 * A .cpuprofile, in ms. What V8 names (idle) and (program) is left out: there the process waited, or was in the kernel.
 */
export function readCpuProfile(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
  const ownMs = new Map();
  samples.forEach((id, n) => ownMs.set(id, (ownMs.get(id) ?? 0) + timeDeltas[n] / 1000));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return toTree(nodes[0], {
    ownOf: ({ id, callFrame }) => (waiting.has(callFrame.functionName) ? 0 : (ownMs.get(id) ?? 0)),
    childrenOf: ({ children = [] }) => children.map((id) => byId.get(id)),
  });
}

/** What `HeapProfiler.stopSampling` answers, in bytes. */
export const readHeapProfile = ({ head }) =>
  toTree(head, { ownOf: ({ selfSize }) => selfSize, childrenOf: ({ children }) => children });

function toTree(root, { ownOf, childrenOf }) {
  const placeOf = createPlaces();
  const visit = (node) => {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    const children = childrenOf(node)
      .map(visit)
      .filter(({ all }) => all > 0);
    const own = ownOf(node);
    const all = children.reduce((sum, child) => sum + child.all, own);
    const place = placeOf(url, lineNumber, columnNumber);
    return { name: functionName || '(anonymous)', place, own, all, children: merge(children) };
  };
  return visit(root);
}

/** Functions by what is their own, the largest first. */
export function largest(tree, count) {
  const sums = new Map();
  const visit = ({ name, place, own, children }) => {
    const key = `${name}\t${place}`;
    sums.set(key, (sums.get(key) ?? 0) + own);
    children.forEach(visit);
  };
  visit(tree);
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([key, own]) => {
      const [name, place] = key.split('\t');
      return { name, place, own, share: own / tree.all };
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
