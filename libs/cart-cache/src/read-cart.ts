import type { CartLine } from './carts';

/**
 * Reads the text with which scripts reply a cart: the hash's fields and values, parted by blanks, which none of them has. Fields `#…`
 * are bookkeeping, which no item id can be; the others are lines, `id quantity:place`, in no order that Redis promises. In one pass,
 * which takes a third of the time of splitting and sorting, as every add waits for it: docs/performance.md.
 */
export function readCart(text: string): CartLine[] {
  const lines: CartLine[] = [];
  const places: number[] = [];
  let isInOrder = true;
  for (let start = 0; start < text.length;) {
    const valueStart = text.indexOf(' ', start) + 1;
    const nextBlank = text.indexOf(' ', valueStart);
    const end = nextBlank < 0 ? text.length : nextBlank;
    if (text[start] !== '#') {
      const colon = text.indexOf(':', valueStart);
      const place = readNumber(text, colon + 1, end);
      isInOrder &&= place > (places.at(-1) ?? 0);
      places.push(place);
      lines.push({ id: text.slice(start, valueStart - 1), quantity: readNumber(text, valueStart, colon) });
    }
    start = end + 1;
  }
  return isInOrder ? lines : sortedBy(places, lines);
}

function readNumber(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
}

function sortedBy(places: readonly number[], lines: readonly CartLine[]): CartLine[] {
  return lines
    .map((item, index) => ({ item, place: places[index] as number }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
