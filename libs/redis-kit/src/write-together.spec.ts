import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createWriteTogether } from './write-together';

function openStream() {
  const writes: number[] = [];
  const stream = new Writable({
    write: (_chunk, _encoding, done) => (writes.push(1), done()),
    writev: (chunks, done) => (writes.push(chunks.length), done()),
  });
  return { writes, stream };
}

it('the commands of a turn leave sixteen at a time, the last of them with the end of the turn', async () => {
  const { writes, stream } = openStream();
  const writeTogether = createWriteTogether({ stream } as unknown as Redis);
  for (const count of [40, 1, 16]) {
    writes.length = 0;
    for (let n = 0; n < count; n += 1) {
      writeTogether();
      stream.write(String(n));
    }
    await turn();
    await turn();
    expect(writes).toEqual({ 40: [16, 16, 8], 1: [1], 16: [16] }[count]);
  }
});

it('a connection that is made anew within a turn holds nothing back', async () => {
  const [before, after] = [openStream(), openStream()];
  const redis = { stream: before.stream };
  const writeTogether = createWriteTogether(redis as unknown as Redis);
  writeTogether();
  before.stream.write('a');
  redis.stream = after.stream;
  writeTogether();
  after.stream.write('b');
  await turn();
  await turn();
  expect([before.writes, after.writes]).toEqual([[1], [1]]);
});
