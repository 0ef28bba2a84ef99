import { escapeId, unescapeId } from '../cart-ids';
import type { CartKeys } from '../cart-keys';
import type { LineInput } from '../cart-rules';
import { withPrelude } from '../lua/prelude';

export interface OfCart {
  readonly keys: CartKeys;
}

export const changing = (name: string, lua: string) => ({ name, lua: withPrelude(lua), changes: true });

/** Line id, quantity, data, … */
export const flattenLines = (lines: readonly LineInput[]) =>
  lines.flatMap(({ id, quantity, data }) => [escapeId(id), quantity, data]);

export function parseLines(flat: readonly string[]): LineInput[] {
  const lines: LineInput[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    lines.push({ id: unescapeId(flat[i] as string), quantity: Number(flat[i + 1]), data: flat[i + 2] as string });
  }
  return lines;
}
