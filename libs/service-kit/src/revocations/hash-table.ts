/** The first 8 bytes of a SHA-256, as two numbers of 32 bits. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

export interface HashTable {
  readonly size: number;
  add(hash: Hash): void;
  has(hash: Hash): boolean;
}

const initialCapacity = 256;

/**
 * A set of hashes: open addressing in one typed array takes 16 to 32 bytes a hash and costs the garbage collector nothing. Two zeros mark a free
 * slot, so that the set cannot hold the hash of two zeros.
 */
export function createHashTable(): HashTable {
  let slots = new Uint32Array(2 * initialCapacity);
  let size = 0;

  const findSlot = ({ high, low }: Hash): number => {
    const mask = slots.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const found = slots[2 * slot];
      const next = slots[2 * slot + 1];
      if ((found === high && next === low) || (found === 0 && next === 0)) return 2 * slot;
      slot = (slot + 1) & mask;
    }
  };
  const put = (hash: Hash): void => {
    const slot = findSlot(hash);
    if (slots[slot] === 0 && slots[slot + 1] === 0) size += 1;
    slots[slot] = hash.high;
    slots[slot + 1] = hash.low;
  };
  const grow = (): void => {
    const previous = slots;
    slots = new Uint32Array(2 * previous.length);
    size = 0;
    for (let i = 0; i < previous.length; i += 2) {
      const high = previous[i] ?? 0;
      const low = previous[i + 1] ?? 0;
      if (high !== 0 || low !== 0) put({ high, low });
    }
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if (hash.high === 0 && hash.low === 0) return;
      if (4 * size >= slots.length) grow();
      put(hash);
    },
    has(hash) {
      const slot = findSlot(hash);
      return slots[slot] !== 0 || slots[slot + 1] !== 0;
    },
  };
}
