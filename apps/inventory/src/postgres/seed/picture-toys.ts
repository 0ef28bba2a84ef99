import {
  bark,
  charcoal,
  circle,
  cream,
  ellipse,
  flat,
  fur,
  ground,
  line,
  path,
  rect,
  turned,
  wood,
  type Shape,
} from './picture-ink';
import { crescent, face, leaf, paw } from './picture-motifs';

const plush: Shape = ({ main, shade, accent }) =>
  ground(342, 220) +
  ellipse(200, 268, 82, 78, fur) +
  ellipse(200, 290, 46, 46, charcoal) +
  turned(24, 122, 242, ellipse(122, 250, 24, 48, charcoal)) +
  turned(-24, 278, 242, ellipse(278, 250, 24, 48, charcoal)) +
  ellipse(138, 322, 40, 26, charcoal) +
  ellipse(262, 322, 40, 26, charcoal) +
  paw(138, 322, 34, fur) +
  paw(262, 322, 34, fur) +
  circle(200, 124, 80, fur) +
  face(200, 136, 168) +
  path('M128 206Q200 242 272 206L278 228Q200 266 122 228Z', main) +
  path('M226 232L262 224L270 288L234 292Z', shade) +
  line('M238 280L268 276', accent, 7);

const puppet: Shape = ({ main, shade, accent }) =>
  flat(
    'M134 196C104 178 66 170 54 190S82 236 124 250L118 330H282L276 250C318 236 358 210 346 190S296 178 266 196Z',
    fur,
  ) +
  ellipse(64, 192, 20, 17, charcoal) +
  ellipse(336, 192, 20, 17, charcoal) +
  path('M164 214H236V330H164Z', charcoal) +
  circle(200, 126, 72, fur) +
  face(200, 138, 152) +
  rect(106, 312, 188, 32, 10, main) +
  line('M122 328H278', accent, 5) +
  path('M200 224L164 206V244ZL236 206V244Z', accent) +
  circle(200, 224, 9, shade);

const jigsaw = 'M0 0H22a12 12 0 1 1 20 0H64V22a12 12 0 1 1 0 20V64H42a12 12 0 1 0-20 0H0V42a12 12 0 1 0 0-20Z';
const cuts = 'M64 0V22a12 12 0 1 1 0 20V86a12 12 0 1 1 0 20V128M0 64H22a12 12 0 1 1 20 0H86a12 12 0 1 1 20 0H128';
const piece = (x: number, y: number, fill: string) => `<g transform="translate(${x} ${y})">${path(jigsaw, fill)}</g>`;
const pieces = (light: string, dark: string) =>
  piece(64, 0, dark) + piece(64, 64, light) + piece(0, 0, light) + piece(0, 64, dark);

const puzzle: Shape = ({ main, shade, accent }) =>
  `<g transform="translate(75 85) scale(1.75)" opacity=".14">${pieces(charcoal, charcoal)}</g>` +
  `<g transform="translate(68 76) scale(1.75)">${pieces(main, shade)}</g>` +
  face(180, 190, 156) +
  `<g transform="translate(68 76) scale(1.75)">${line(cuts, `${charcoal}70`, 1.8)}</g>` +
  turned(22, 330, 330, `<g transform="translate(296 298)">${flat(jigsaw, accent)}</g>`);

const block = (x: number, y: number, side: number, fill: string, edge: string, art: string) =>
  rect(x, y, side, side, 10, edge) + rect(x + 8, y + 8, side - 16, side - 16, 6, fill) + art;

const blocks: Shape = ({ main, shade, accent }) =>
  ground(336, 280) +
  block(70, 224, 110, main, wood, face(125, 280, 76)) +
  block(220, 224, 110, accent, bark, paw(275, 279, 70, cream)) +
  turned(
    -7,
    200,
    168,
    block(146, 116, 108, shade, wood, crescent(200, 170, 62, cream)) +
      path('M142 116L200 54L258 116Z', accent) +
      path('M200 54L258 116H222Z', bark),
  );

const doll = (x: number, base: number, scale: number, robe: string, trim: string, art: string) =>
  `<g transform="translate(${x} ${base}) scale(${scale})">` +
  path('M0 0H-52C-84-10-84-96-52-124C-72-214 72-214 52-124C84-96 84-10 52 0Z', robe) +
  rect(-62, -118, 124, 12, 6, trim) +
  path('M-54-10C-58-88 58-88 54-10Z', trim) +
  `${face(0, -146, 92)}${art}</g>`;

const nesting: Shape = ({ main, shade, accent }) =>
  ground(332, 320) +
  doll(130, 334, 1.34, main, accent, paw(0, -38, 46, main)) +
  doll(252, 334, 1, shade, cream, paw(0, -38, 46, shade)) +
  doll(332, 334, 0.64, accent, main, paw(0, -38, 46, cream));

const wheel = (x: number, fill: string) =>
  circle(x, 300, 36, fill) + circle(x, 300, 22, cream) + circle(x + 5, 297, 7, charcoal);

const pull: Shape = ({ main, shade, accent }) =>
  ground(334, 270) +
  line('M322 250C352 250 342 210 366 204', shade, 5) +
  circle(370, 198, 12, accent) +
  path('M64 262C46 176 104 128 186 130C250 132 270 170 276 262Z', fur) +
  path('M80 262C80 220 250 220 262 262Z', charcoal) +
  path('M66 222L34 206Q36 236 62 246Z', fur) +
  rect(62, 252, 262, 26, 12, main) +
  wheel(116, shade) +
  wheel(268, shade) +
  circle(256, 168, 63, fur) +
  face(258, 176, 134);

const card = (degrees: number, fill: string, art: string) =>
  turned(
    degrees,
    200,
    360,
    flat('M136 96Q136 84 148 84H252Q264 84 264 96V272Q264 284 252 284H148Q136 284 136 272Z', cream) +
      rect(146, 94, 108, 180, 8, fill) +
      art,
  );

const game: Shape = ({ main, shade, accent, halo }) =>
  card(-24, shade, paw(200, 150, 62, cream)) +
  card(24, accent, leaf(206, 156, 70, 20, halo, shade)) +
  card(0, main, face(200, 184, 94) + paw(162, 114, 22, cream) + paw(238, 254, 22, cream));

const kite: Shape = ({ main, shade, accent }) =>
  line('M200 270C232 300 168 326 214 356S270 380 290 352', shade, 5) +
  path('M200 296l-22-10v24ZM200 296l24-8-4 24ZM216 356l-22-12-2 24ZM216 356l22-8-2 22Z', accent) +
  flat('M200 34L318 142L200 278L82 142Z', main) +
  path('M200 34L318 142H200ZM200 278L82 142H200Z', shade) +
  line('M200 34V278M82 142H318', `${cream}66`, 3) +
  face(200, 144, 124);

export const toys = { plush, puppet, puzzle, blocks, nesting, pull, game, kite } satisfies Record<string, Shape>;
