import { circle, path, type Palette } from './picture-ink';
import { crescent, leaf } from './picture-motifs';

type Backdrop = (palette: Palette) => string;

const stars = (fill: string, ...places: readonly (readonly [number, number])[]) =>
  places.map(([x, y]) => path(`M${x} ${y - 9}l3 6 6 3-6 3-3 6-3-6-6-3 6-3Z`, fill)).join('');

const roundel: Backdrop = ({ halo }) => circle(200, 200, 160, halo);

const doorway: Backdrop = ({ halo }) => path('M52 400V190A148 148 0 0 1 348 190V400Z', halo);

const hills: Backdrop = ({ halo }) =>
  circle(318, 82, 34, halo) + path('M0 268C70 210 140 214 210 252S340 272 400 228V400H0Z', halo);

const night: Backdrop = ({ halo }) =>
  crescent(328, 78, 66, halo) +
  stars(halo, [60, 70], [130, 44], [352, 176], [44, 190], [240, 52]) +
  path('M0 312C120 268 280 268 400 312V400H0Z', halo);

const leaves: Backdrop = ({ halo, paper }) =>
  circle(200, 206, 142, halo) +
  leaf(48, 66, 72, -40, halo, paper) +
  leaf(94, 34, 50, 20, halo, paper) +
  leaf(352, 340, 72, 140, halo, paper) +
  leaf(308, 372, 50, 200, halo, paper);

export const backdrops: readonly Backdrop[] = [roundel, doorway, hills, night, leaves];
