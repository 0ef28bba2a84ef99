import { charcoal, circle, cream, dots, ellipse, line, path, type Palette } from './picture-ink';

const rounded = (value: number) => Number(value.toFixed(2));

/** Places a motif drawn on a 100x100 field, centred on (x, y). */
const placed = (x: number, y: number, size: number, content: string) =>
  `<g transform="translate(${rounded(x - size / 2)} ${rounded(y - size / 2)}) scale(${rounded(size / 100)})">${content}</g>`;

const wholeFace =
  dots(
    [
      [19, 25],
      [81, 25],
    ],
    charcoal,
    24,
  ) +
  dots(
    [
      [16, 20],
      [84, 20],
    ],
    cream,
    12,
  ) +
  path(
    'M50 8C25 8 8 27 7 49C7 64 22 70 31 80C37 88 42 96 50 96S63 88 69 80C78 70 93 64 93 49C92 27 75 8 50 8Z',
    cream,
  ) +
  path(
    'M32 13C41 9 45 18 45 33S44 62 42 74C40 81 35 80 31 74C23 62 18 48 20 34C22 24 25 17 32 13ZM68 13C59 9 55 18 55 33S56 62 58 74C60 81 65 80 69 74C77 62 82 48 80 34C78 24 75 17 68 13Z',
    charcoal,
  ) +
  dots(
    [
      [33, 51],
      [67, 51],
    ],
    cream,
    9,
  ) +
  dots(
    [
      [33.5, 51.5],
      [66.5, 51.5],
    ],
    charcoal,
    5,
  ) +
  ellipse(50, 86, 10.5, 7.5, charcoal) +
  ellipse(47, 83.5, 3, 1.6, '#8b9091');

export const face = (x: number, y: number, size: number) => placed(x, y, size, wholeFace);

const toes: readonly (readonly [x: number, y: number])[] = [
  [15, 46],
  [32, 35],
  [50, 31],
  [68, 35],
  [85, 46],
];

/** A badger's print: a broad pad, five toes almost in a row, and claw marks well ahead of them. */
export const paw = (x: number, y: number, size: number, fill: string) =>
  placed(
    x,
    y,
    size,
    path('M50 48C70 48 86 62 85 77C84 90 68 92 50 92C32 92 16 90 15 77C14 62 30 48 50 48Z', fill) +
      dots(toes, fill, 17) +
      line(toes.map(([tx, ty]) => `M${tx} ${ty - 17}v-9`).join(''), fill, 5),
  );

/** The badge a good wears on a dark ground: a face, a face on a roundel, or a paw. */
export function emblem({ accent }: Palette, variant: number, x: number, y: number, size: number): string {
  switch (variant % 3) {
    case 0:
      return face(x, y, size);
    case 1:
      return circle(x, y, size * 0.56, accent) + face(x, y + size * 0.02, size * 0.78);
    default:
      return paw(x, y, size * 0.92, cream);
  }
}

export const crescent = (x: number, y: number, size: number, fill: string) =>
  placed(x, y, size, path('M62 6A46 46 0 1 0 94 66A38 38 0 0 1 62 6Z', fill));

export const leaf = (x: number, y: number, size: number, degrees: number, fill: string, vein: string) =>
  placed(
    x,
    y,
    size,
    `<g transform="rotate(${degrees} 50 50)">${path('M50 4C82 28 82 68 50 92C18 68 18 28 50 4Z', fill)}${line('M50 28V100', vein, 5)}</g>`,
  );

export const worm = (x: number, y: number, size: number, fill: string) =>
  placed(x, y, size, line('M8 60C18 34 32 34 42 54S66 76 76 52S90 40 94 44', fill, 11));
