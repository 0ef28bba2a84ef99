/** The first 8 bytes of a SHA-256, as two numbers of 32 bits. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

/** A set of hashes. */
export interface HashTable {
  readonly size: number;
  add(hash: Hash): void;
  has(hash: Hash): boolean;
}

const firstCapacity = 256;

/**
 * Open addressing in one typed array, at most half full: 16 to 32 bytes a hash, and nothing for the garbage collector to trace. A place
 * with two zeros is free, so the hash of two zeros is never found.
 */
export function createHashTable(): HashTable {
  let places = new Uint32Array(2 * firstCapacity);
  let size = 0;

  const placeOf = ({ high, low }: Hash): number => {
    const mask = places.length / 2 - 1;
    let place = low & mask;
    for (;;) {
      const found = places[2 * place];
      const next = places[2 * place + 1];
      if ((found === high && next === low) || (found === 0 && next === 0)) return 2 * place;
      place = (place + 1) & mask;
    }
  };
  const put = (hash: Hash): void => {
    const place = placeOf(hash);
    if (places[place] === 0 && places[place + 1] === 0) size += 1;
    places[place] = hash.high;
    places[place + 1] = hash.low;
  };
  const grow = (): void => {
    const before = places;
    places = new Uint32Array(2 * before.length);
    size = 0;
    for (let i = 0; i < before.length; i += 2) {
      const high = before[i] ?? 0;
      const low = before[i + 1] ?? 0;
      if (high !== 0 || low !== 0) put({ high, low });
    }
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if (hash.high === 0 && hash.low === 0) return;
      if (4 * size >= places.length) grow();
      put(hash);
    },
    has(hash) {
      const place = placeOf(hash);
      return places[place] !== 0 || places[place + 1] !== 0;
    },
  };
}
