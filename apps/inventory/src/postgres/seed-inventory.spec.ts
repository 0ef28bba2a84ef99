import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSeedItems, type SeedItem } from './seed-inventory';

const assets = join(__dirname, '../assets');
let items: SeedItem[];

beforeAll(async () => {
  items = await readSeedItems(assets);
});

/** The first fault that keeps `svg` from being well-formed XML, if any. */
function findFault(svg: string): string | undefined {
  const open: string[] = [];
  const leftover = svg.replace(
    /<(\/?)([a-z]+)((?:\s+[a-z0-9-]+="[^"<&]*")*)\s*(\/?)>/gi,
    (_, closing, tag, __, empty) => {
      if (closing) return open.pop() === tag ? '' : `</${tag}>`;
      if (!empty) open.push(tag);
      return '';
    },
  );
  const stray = leftover.replace(/&(?:amp|lt|gt|quot|apos);/g, '').match(/[<>&].{0,40}/)?.[0];
  return stray ?? (open.length > 0 ? `<${open.join('><')}> left open` : undefined);
}

describe('the seed items', () => {
  it('are at least 40 in six categories', () => {
    expect(items.length).toBeGreaterThanOrEqual(40);
    expect([...new Set(items.map(({ category }) => category))].sort()).toEqual(
      ['apparel', 'books', 'kitchen', 'outdoors', 'stationery', 'toys'].sort(),
    );
  });

  it.each(['id', 'name', 'description'] as const)('never share their %s', (key) => {
    expect(new Set(items.map((item) => item[key])).size).toBe(items.length);
  });

  it('include 240 enamel mugs at 14.50 euros each', () => {
    expect(items).toContainEqual(expect.objectContaining({ id: 'badger-enamel-mug', priceAmount: 1450, stock: 240 }));
  });

  it('include exactly one item that is sold out', () => {
    expect(items.filter(({ stock }) => stock === 0)).toHaveLength(1);
  });
});

describe('the pictures', () => {
  const idsWhere = (wrong: (svg: string, item: SeedItem) => boolean) =>
    items.filter((item) => wrong(item.pictureSvg, item)).map(({ id }) => id);

  it('are one for each item', async () => {
    const files = await readdir(join(assets, 'pictures'));
    expect(files.sort()).toEqual(items.map(({ id }) => `${id}.svg`).sort());
  });

  it('are standalone, well-formed SVG with one view box', () => {
    const start =
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 400 400" [^>]*role="img"[^>]*>\s*<title>/;
    expect(idsWhere((svg) => !start.test(svg) || findFault(svg) !== undefined)).toEqual([]);
  });

  it('have the name of the item as their title', () => {
    const escape = (name: string) => name.replaceAll('&', '&amp;');
    expect(idsWhere((svg, { name }) => !svg.includes(`<title>${escape(name)}</title>`))).toEqual([]);
  });

  it('are never the same but for the title', () => {
    const drawings = items.map(({ pictureSvg }) => pictureSvg.replace(/<title>.*<\/title>/, ''));
    expect(new Set(drawings).size).toBe(items.length);
  });

  it('are smaller than 6 KB', () => {
    expect(idsWhere((svg) => Buffer.byteLength(svg) >= 6 * 1024)).toEqual([]);
  });

  it('have no scripts, event handlers or external references', () => {
    expect(idsWhere((svg) => /<script|<foreignObject|href="(?!#)|url\((?!#)|@import|\son[a-z]+=/i.test(svg))).toEqual(
      [],
    );
  });

  it('refer only to what they define', () => {
    expect(
      idsWhere((svg) => [...svg.matchAll(/(?:url\(|href=")#([^)"]+)/g)].some(([, id]) => !svg.includes(`id="${id}"`))),
    ).toEqual([]);
  });
});

describe('readSeedItems', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'badger-seed-'));
    await cp(assets, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['id', 'two words'],
    ['name', ' '],
    ['priceAmount', 14.5],
    ['priceAmount', 0],
    ['stock', -1],
    ['colour', 'grey'],
  ])('names the place when %s is %p', async (key, value) => {
    const file = join(folder, 'items.json');
    const [first, ...others] = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify([{ ...first, [key]: value }, ...others]));
    await expect(readSeedItems(folder)).rejects.toThrow(/items\.json is not valid:[^]*\[0\]/);
  });

  it('names the file when a picture is missing', async () => {
    await rm(join(folder, 'pictures', 'badger-enamel-mug.svg'));
    await expect(readSeedItems(folder)).rejects.toThrow('badger-enamel-mug.svg');
  });
});
