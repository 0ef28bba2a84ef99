export interface Linked<Item> {
  before: Item | undefined;
  after: Item | undefined;
}

/**
 * What is under way, in the order in which it began. Not a Set: each table that V8 makes for one points to the next, so that one
 * table that has grown old keeps alive whatever was ever in a later one, until all of the heap is collected (docs/performance.md).
 */
export class InOrder<Item extends Linked<Item>> {
  first: Item | undefined;
  private last: Item | undefined;

  add(item: Item): void {
    item.before = this.last;
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
  }

  /** An item that is in it; leaves it without a link to others, for the same reason. */
  remove(item: Item): void {
    if (item.before) item.before.after = item.after;
    else this.first = item.after;
    if (item.after) item.after.before = item.before;
    else this.last = item.before;
    item.before = item.after = undefined;
  }
}
