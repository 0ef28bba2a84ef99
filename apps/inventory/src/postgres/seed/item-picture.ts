import type { Category, SeedItem } from './catalogue';
import { apparel } from './picture-apparel';
import { backdrops } from './picture-backdrop';
import { books } from './picture-books';
import { palettes, rect, type Shape } from './picture-ink';
import { kitchen } from './picture-kitchen';
import { outdoors } from './picture-outdoors';
import { stationery } from './picture-stationery';
import { toys } from './picture-toys';

/** For each category, the things it can show, by the word that calls for them. */
const shapes: Readonly<Record<Category, Readonly<Record<string, Shape>>>> = {
  apparel,
  books,
  kitchen,
  outdoors,
  stationery,
  toys,
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** FNV-1a, with the bits stirred once more so that every part of the number depends on the whole text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

function choose<T>(options: readonly T[], number: number): T {
  const option = options[number % options.length];
  if (option === undefined) throw new Error('There is nothing to choose from.');
  return option;
}

/** The thing an item's own words call for; failing that, any thing of its category. */
function shapeOf({ id, name, category }: Pick<SeedItem, 'id' | 'name' | 'category'>, number: number): Shape {
  const words = new Set(`${id} ${name}`.toLowerCase().match(/[a-z]+/g));
  const called = Object.entries(shapes[category]).filter(([word]) => words.has(word));
  const [, shape] = choose(called.length > 0 ? called : Object.entries(shapes[category]), number);
  return shape;
}

/** An SVG picture of a seed item, 400x400, drawn from its id, name and category alone: the same item always gets the same picture. */
export function drawItemPicture(item: Pick<SeedItem, 'id' | 'name' | 'category'>): string {
  const number = hash(item.id);
  const palette = choose(palettes, number);
  const backdrop = choose(backdrops, number >>> 8);
  const shape = shapeOf(item, number >>> 16);
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" role="img" stroke-linecap="round" stroke-linejoin="round">' +
    `<title>${escapeXml(item.name)}</title>` +
    rect(0, 0, 400, 400, 0, palette.paper) +
    backdrop(palette) +
    shape(palette, number >>> 20) +
    '</svg>'
  );
}
