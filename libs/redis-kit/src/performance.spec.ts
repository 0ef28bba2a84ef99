import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { transformSync } from 'esbuild';
import type { Redis } from 'ioredis';
import { createCorkWrites, LinkedList, type Linked } from './performance';

class Item implements Linked<Item> {
  prev: Item | undefined;
  next: Item | undefined;
}

const all = (list: LinkedList<Item>) => {
  const items: Item[] = [];
  for (let item = list.first; item; item = item.next) items.push(item);
  return items;
};

describe('a linked list', () => {
  it('keeps its items in the order in which they were added when any of them is removed', () => {
    const list = new LinkedList<Item>();
    const [a, b, c, d] = [new Item(), new Item(), new Item(), new Item()];
    for (const item of [a, b, c]) list.add(item);
    list.remove(b);
    expect(all(list)).toEqual([a, c]);
    list.remove(c);
    list.add(d);
    expect(all(list)).toEqual([a, d]);
    list.remove(a);
    list.remove(d);
    expect(list.first).toBeUndefined();
    list.add(b);
    expect(all(list)).toEqual([b]);
  });

  it('lets removed items be collected when the items before them are in the old generation', () => {
    // In a process of its own, where nothing else allocates.
    const source = readFileSync(join(__dirname, 'performance.ts'), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', format: 'cjs' });
    const printed = execFileSync(process.execPath, ['--expose-gc', '-e', code + turnOverScript], { encoding: 'utf8' });
    // A Set leaves some 10 MB.
    expect(Number(printed)).toBeLessThan(1_000_000);
  });
});

/** Prints by how many bytes the old generation grows while items come and go. */
const turnOverScript = `
  const { getHeapSpaceStatistics } = require('node:v8');
  const oldBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size;
  const list = new LinkedList();
  const newItem = () => ({ prev: undefined, next: undefined, weight: Array.from({ length: 100 }, (_none, n) => ({ n })) });
  const turnOver = () => {
    list.add(newItem());
    list.remove(list.first);
  };
  for (let n = 0; n < 50; n++) list.add(newItem());
  gc();
  for (let n = 0; n < 1000; n++) turnOver();
  gc({ type: 'minor' });
  const before = oldBytes();
  for (let n = 0; n < 5000; n++) {
    turnOver();
    if (n % 100 === 0) gc({ type: 'minor' });
  }
  console.log(oldBytes() - before);
`;

function openStream() {
  const writes: number[] = [];
  const stream = new Writable({
    write: (_chunk, _encoding, done) => (writes.push(1), done()),
    writev: (chunks, done) => (writes.push(chunks.length), done()),
  });
  return { writes, stream };
}

it('corked writes leave sixteen at a time when one turn of the event loop makes more', async () => {
  const { writes, stream } = openStream();
  const corkWrites = createCorkWrites({ stream } as unknown as Redis);
  for (const count of [40, 1, 16]) {
    writes.length = 0;
    for (let n = 0; n < count; n += 1) {
      corkWrites();
      stream.write(String(n));
    }
    await turn();
    await turn();
    expect(writes).toEqual({ 40: [16, 16, 8], 1: [1], 16: [16] }[count]);
  }
});

it('corked writes leave when the connection is replaced within a turn', async () => {
  const [before, after] = [openStream(), openStream()];
  const redis = { stream: before.stream };
  const corkWrites = createCorkWrites(redis as unknown as Redis);
  corkWrites();
  before.stream.write('a');
  redis.stream = after.stream;
  corkWrites();
  after.stream.write('b');
  await turn();
  await turn();
  expect([before.writes, after.writes]).toEqual([[1], [1]]);
});
