import { categories, seedItems, type SeedItem } from './catalogue';
import { drawItemPicture } from './item-picture';

const pictures = seedItems.map(drawItemPicture);
const idsWhere = (wrong: (item: SeedItem) => boolean) => seedItems.filter(wrong).map(({ id }) => id);
const mug = { id: 'badger-enamel-mug', name: 'Badger Enamel Mug', category: 'kitchen' } as const;

/** The first thing that keeps `svg` from being well-formed XML of the plain kind that is drawn here, if any. */
function flaw(svg: string): string | undefined {
  const open: string[] = [];
  const leftover = svg.replace(/<(\/?)([a-z]+)((?: [a-z-]+="[^"<&]*")*)(\/?)>/gi, (_, closing, tag, __, empty) => {
    if (closing) return open.pop() === tag ? '' : `</${tag}>`;
    if (!empty) open.push(tag);
    return '';
  });
  const strayMarkup = leftover.replace(/&(?:amp|lt|gt|quot|apos);/g, '').match(/[<>&].{0,40}/)?.[0];
  return strayMarkup ?? (open.length > 0 ? `<${open.join('><')}> left open` : undefined);
}

describe('the catalogue', () => {
  it('has at least 40 items', () => {
    expect(seedItems.length).toBeGreaterThanOrEqual(40);
  });

  it('fills six categories and no other', () => {
    expect(categories).toHaveLength(6);
    expect([...new Set(seedItems.map(({ category }) => category))].sort()).toEqual([...categories].sort());
  });

  it('never uses an id, a name or a description twice', () => {
    for (const key of ['id', 'name', 'description'] as const) {
      expect(new Set(seedItems.map((item) => item[key])).size).toBe(seedItems.length);
    }
  });

  it('sells 240 enamel mugs at 14.50 euros each', () => {
    expect(seedItems).toContainEqual(
      expect.objectContaining({ id: 'badger-enamel-mug', priceAmount: 1450, stock: 240 }),
    );
  });

  it('has exactly one item that is sold out', () => {
    expect(seedItems.filter(({ stock }) => stock === 0)).toHaveLength(1);
  });

  it('gives every item an id that can stand in a path as it is', () => {
    expect(idsWhere(({ id }) => !/^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/.test(id))).toEqual([]);
  });

  it('gives every item a name and a description', () => {
    expect(idsWhere(({ name, description }) => name.trim() === '' || description.trim() === '')).toEqual([]);
  });

  it('prices every item at a whole, positive number of cents', () => {
    expect(idsWhere(({ priceAmount }) => !Number.isInteger(priceAmount) || priceAmount <= 0)).toEqual([]);
  });

  it('stocks every item in whole pieces, never fewer than none', () => {
    expect(idsWhere(({ stock }) => !Number.isInteger(stock) || stock < 0)).toEqual([]);
  });
});

describe('drawItemPicture', () => {
  it('draws a standalone, well-formed SVG', () => {
    const start = /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 400 400" [^>]*role="img"[^>]*><title>/;
    expect(pictures.map(flaw)).toEqual(pictures.map(() => undefined));
    expect(pictures.filter((svg) => !start.test(svg) || /NaN|undefined/.test(svg))).toEqual([]);
  });

  it('keeps a picture under 6 KB', () => {
    expect(Math.max(...pictures.map((svg) => Buffer.byteLength(svg)))).toBeLessThan(6 * 1024);
  });

  it('draws without scripts or references', () => {
    expect(pictures.filter((svg) => /<script|href|url\(|\son[a-z]+=/i.test(svg))).toEqual([]);
  });

  it('draws no two items alike, whatever their titles', () => {
    const drawings = pictures.map((svg) => svg.replace(/<title>.*<\/title>/, ''));
    expect(new Set(drawings).size).toBe(seedItems.length);
  });

  it('always draws the same item the same way', () => {
    expect(seedItems.map((item) => drawItemPicture({ ...item }))).toEqual(pictures);
  });

  it('escapes the name in the title', () => {
    const svg = drawItemPicture({ ...mug, name: `<b>"Boar" & 'sow'</b>` });
    expect(svg).toContain('<title>&lt;b&gt;&quot;Boar&quot; &amp; &apos;sow&apos;&lt;/b&gt;</title>');
    expect(flaw(svg)).toBeUndefined();
  });

  it('tells items of one kind apart by their ids', () => {
    expect(drawItemPicture({ ...mug, id: 'another-mug' })).not.toBe(drawItemPicture(mug));
  });

  it.each(categories)('finds something to draw for an item of %s that no word describes', (category) => {
    expect(flaw(drawItemPicture({ id: 'constructor', name: '???', category }))).toBeUndefined();
  });
});
