export interface Palette {
  readonly paper: string;
  readonly halo: string;
  readonly main: string;
  readonly shade: string;
  readonly accent: string;
}

/** Draws one kind of good on the 400x400 sheet; `variant` is any non-negative integer. */
export type Shape = (palette: Palette, variant: number) => string;

export const cream = '#f8f2e4';
export const charcoal = '#2e3133';
export const fur = '#7b7f80';
export const steel = '#b9c0bf';
export const wood = '#cda06c';
export const bark = '#a67a4b';

export const palettes: readonly Palette[] = [
  { paper: '#e4eadb', halo: '#c9d6bd', main: '#3f5f4c', shade: '#2d4638', accent: '#d9a441' },
  { paper: '#f1f0df', halo: '#dcdfbb', main: '#7d8c50', shade: '#606d3b', accent: '#8f3d52' },
  { paper: '#f9efd8', halo: '#f0dcab', main: '#cc973a', shade: '#a67727', accent: '#3f5f4c' },
  { paper: '#f6e7e3', halo: '#e9cbca', main: '#8f3d52', shade: '#6e2b3d', accent: '#dfae52' },
  { paper: '#e7ebea', halo: '#cdd6d4', main: '#56696d', shade: '#405053', accent: '#cf8f4a' },
  { paper: '#f8e9dc', halo: '#eecfb8', main: '#b5674a', shade: '#8f4d36', accent: '#47624f' },
  { paper: '#e6e8ee', halo: '#cacfdd', main: '#414f6b', shade: '#303c54', accent: '#e0b556' },
  { paper: '#efe9dc', halo: '#dcd1ba', main: '#474a4b', shade: '#333637', accent: '#b5674a' },
];

export const path = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`;

export const line = (d: string, stroke: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;

/** Dots of one size: a line of no length, which the sheet's round caps turn into a disc. */
export const dots = (places: readonly (readonly [x: number, y: number])[], fill: string, diameter: number) =>
  line(places.map(([x, y]) => `M${x} ${y}h.01`).join(''), fill, diameter);

export const circle = (x: number, y: number, r: number, fill: string) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;

export const rect = (x: number, y: number, width: number, height: number, r: number, fill: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" fill="${fill}"/>`;

export const turned = (degrees: number, x: number, y: number, content: string) =>
  `<g transform="rotate(${degrees} ${x} ${y})">${content}</g>`;

export const mirrored = (content: string) => `<g transform="matrix(-1 0 0 1 400 0)">${content}</g>`;

/** The shadow of something that stands on the ground at `y`. */
export const ground = (y: number, width: number) =>
  `<ellipse cx="200" cy="${y}" rx="${width / 2}" ry="12" fill="${charcoal}" opacity=".16"/>`;

/** Something flat, with the shadow it casts on the sheet. */
export const flat = (d: string, fill: string) =>
  `<path d="${d}" fill="${charcoal}" opacity=".14" transform="translate(7 9)"/>${path(d, fill)}`;
