import { charcoal, circle, cream, flat, line, mirrored, path, rect, turned, type Shape } from './picture-ink';
import { crescent, emblem, face, paw } from './picture-motifs';

const shirt: Shape = (palette, variant) =>
  flat(
    'M148 82Q200 122 252 82L338 128L306 196L272 178V322Q272 330 264 330H136Q128 330 128 322V178L94 196L62 128Z',
    palette.main,
  ) +
  line('M148 84Q200 126 252 84', palette.shade, 12) +
  line('M72 134L102 190M328 134L298 190', palette.shade, 9) +
  line('M134 316H266', palette.shade, 5) +
  emblem(palette, variant, 200, 214, 116) +
  crescent(248, 142, 24, palette.accent);

const sleeve = 'M140 88L92 124Q74 140 72 166L62 290H102L122 196V150Z';

const jumper: Shape = ({ main, shade, accent }) =>
  flat(sleeve, shade) +
  mirrored(flat(sleeve, shade)) +
  rect(58, 284, 48, 30, 8, accent) +
  rect(294, 284, 48, 30, 8, accent) +
  flat('M140 88Q200 116 260 88L282 104V322H118V104Z', main) +
  rect(114, 308, 172, 30, 8, accent) +
  line('M144 90Q200 122 256 90', accent, 18) +
  rect(118, 152, 164, 92, 0, cream) +
  line('M124 162l8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8', main, 5) +
  line('M124 234l8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8', main, 5) +
  [150, 200, 250].map((x) => paw(x, 198, 42, accent)).join('');

const scarf: Shape = ({ main, shade, accent }) => {
  const drape = 'M146 282V142A54 54 0 0 1 254 142V252';
  const fringe = (x: number, y: number) => line(`M${x - 28} ${y}v20m14-20v20m14-20v20m14-20v20m14-20v20`, accent, 7);
  return (
    `<g opacity=".14" transform="translate(7 9)">${line(drape, charcoal, 76)}</g>` +
    line('M200 40V70', shade, 14) +
    line(drape, main, 76) +
    line(drape, cream, 62) +
    line(drape, charcoal, 46) +
    line(drape, cream, 16) +
    fringe(146, 326) +
    fringe(254, 296) +
    rect(106, 262, 80, 66, 6, main) +
    rect(214, 232, 80, 66, 6, main) +
    paw(146, 294, 50, cream) +
    paw(254, 264, 50, cream)
  );
};

const sock = (main: string, shade: string, accent: string) =>
  flat('M96 76H184V214L246 262Q272 288 252 316T196 326L108 266Q96 256 96 236Z', main) +
  path('M246 262Q272 288 252 316T196 326L180 316Q222 312 222 244Z', shade) +
  path('M96 218Q130 214 136 284L108 266Q96 256 96 236Z', shade) +
  rect(90, 66, 100, 34, 10, accent);

const socks: Shape = ({ main, shade, accent }) =>
  `<g transform="translate(62 -14)">${sock(shade, main, accent)}</g>` +
  `<g transform="translate(-24 14)">${sock(main, shade, accent)}${face(140, 158, 72)}</g>`;

const beanie: Shape = ({ main, shade, accent }, variant) =>
  circle(200, 84, 36, accent) +
  line('M182 72l8 8M204 64l2 10M218 84l-9 3M190 98l8-5', cream, 5) +
  flat('M92 270C80 150 136 104 200 104S320 150 308 270Z', main) +
  line('M200 112V250M154 122C132 156 128 204 130 250M246 122C268 156 272 204 270 250', shade, 8) +
  rect(80, 236, 240, 74, 24, shade) +
  [112, 144, 256, 288].map((x) => line(`M${x} 250V296`, main, 8)).join('') +
  (variant % 2 ? face(200, 268, 92) : circle(200, 272, 50, accent) + face(200, 274, 76));

const mitten = (main: string, shade: string, accent: string) =>
  flat(
    'M60 262V170C60 112 84 96 116 96S172 112 172 170V182C186 160 206 164 204 184C202 206 186 222 172 240V262Z',
    main,
  ) +
  [80, 98, 116, 134, 152].map((x) => line(`M${x} ${104 + Math.abs(x - 116) / 3}v-24`, cream, 7)).join('') +
  rect(54, 256, 124, 56, 12, shade) +
  line('M76 268V300M98 268V300M120 268V300M142 268V300M160 268V300', accent, 6) +
  paw(114, 190, 78, cream);

const mittens: Shape = ({ main, shade, accent }) =>
  turned(-8, 120, 200, `<g transform="translate(-16 12)">${mitten(main, shade, accent)}</g>`) +
  mirrored(turned(-8, 120, 200, `<g transform="translate(-16 12)">${mitten(main, shade, accent)}</g>`));

const tote: Shape = ({ main, shade, accent }) =>
  line('M146 176C138 20 262 20 254 176', main, 15) +
  flat('M92 148H308L314 330Q314 342 302 342H98Q86 342 86 330Z', '#eee2c8') +
  line('M96 164H304', '#d8c8a6', 4) +
  line('M146 186V156M254 186V156', main, 15) +
  circle(200, 252, 66, shade) +
  circle(200, 252, 60, accent) +
  face(200, 254, 92);

export const apparel = { shirt, jumper, scarf, socks, beanie, mittens, tote } satisfies Record<string, Shape>;
