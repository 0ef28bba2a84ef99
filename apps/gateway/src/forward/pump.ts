import type { Readable, Writable } from 'node:stream';

/** As `pipe`, for two that are not parted again before the end: it needs two listeners instead of eight. */
export function pump(from: Readable, to: Writable): void {
  from.on('data', (chunk: Buffer) => {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.once('end', () => to.end());
}
