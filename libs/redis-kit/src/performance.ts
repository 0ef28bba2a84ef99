import type { Redis } from 'ioredis';

// What only a profiler can justify is kept in this file. docs/performance.md has the measurements.

export interface Linked<Item> {
  prev: Item | undefined;
  next: Item | undefined;
}

/**
 * Items in the order in which they were added. Not a Set: each table that V8 makes for one points to the next, so that a table
 * in the old generation keeps alive every item of later tables until the whole heap is collected.
 */
export class LinkedList<Item extends Linked<Item>> {
  first: Item | undefined;
  private last: Item | undefined;

  add(item: Item): void {
    item.prev = this.last;
    if (this.last) this.last.next = item;
    else this.first = item;
    this.last = item;
  }

  /** Takes an item that is in the list, and removes its links to other items, for the same reason. */
  remove(item: Item): void {
    if (item.prev) item.prev.next = item.next;
    else this.first = item.next;
    if (item.next) item.next.prev = item.prev;
    else this.last = item.prev;
    item.prev = item.next = undefined;
  }
}

/** Redis starts on these commands while the process still makes others. */
const maxCommandsPerWrite = 16;

/**
 * Returns a function to call before each command: it sends the commands of one turn of the event loop in few writes.
 * ioredis's automatic pipelining sends all commands of a turn at once, and allocates a pipeline for them.
 */
export function createCorkWrites(redis: Redis): () => void {
  let corked: Redis['stream'] | undefined;
  let count = 0;
  const uncork = () => {
    corked?.uncork();
    corked = undefined;
  };
  return () => {
    if (!corked) {
      setImmediate(uncork);
    } else if (++count < maxCommandsPerWrite) {
      return;
    } else {
      corked.uncork();
    }
    count = 0;
    corked = redis.stream;
    corked?.cork();
  };
}
