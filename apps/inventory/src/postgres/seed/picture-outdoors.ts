import {
  bark,
  charcoal,
  circle,
  cream,
  dots,
  ellipse,
  ground,
  line,
  path,
  rect,
  steel,
  turned,
  wood,
  type Shape,
} from './picture-ink';
import { emblem, face, leaf, paw, worm } from './picture-motifs';

const glow = '#f6d98a';

const lantern: Shape = ({ main, shade, accent }) =>
  ground(346, 190) +
  line('M122 150C112 20 288 20 278 150', shade, 9) +
  path('M148 96H252L276 136H124Z', main) +
  rect(166, 72, 68, 28, 8, shade) +
  path('M136 136H264C292 190 284 248 262 280H138C116 248 108 190 136 136Z', glow) +
  circle(200, 208, 62, '#fbedc0') +
  face(200, 212, 92) +
  line('M134 138C108 190 114 248 138 280M266 138C292 190 286 248 262 280', shade, 9) +
  rect(122, 274, 156, 22, 8, shade) +
  path('M130 296H270L284 344H116Z', main) +
  circle(200, 320, 11, accent);

const tent: Shape = ({ main, shade, accent }) =>
  ground(322, 320) +
  line('M36 328L60 308M364 328L340 308', bark, 8) +
  line('M200 92L42 322M200 92L358 322', accent, 4) +
  path('M200 92L338 322H62Z', main) +
  path('M200 92L338 322H252Z', shade) +
  path('M200 134L262 322H138Z', charcoal) +
  path('M200 134L138 322H118Q176 250 200 134ZM200 134L262 322H282Q224 250 200 134Z', accent) +
  face(200, 276, 86) +
  line('M200 94V58', bark, 6) +
  path('M202 56L244 68L202 82Z', accent);

const boot = (main: string, shade: string, accent: string) =>
  path('M112 70H200V236C222 256 270 252 276 300V318H112Z', main) +
  rect(104, 60, 104, 26, 10, shade) +
  path('M104 312H284V332Q284 340 276 340H208L200 332H152L144 340H112Q104 340 104 332Z', shade) +
  line('M120 112H180', accent, 8);

const boots: Shape = ({ main, shade, accent }) =>
  ground(340, 290) +
  `<g transform="translate(56 -12)">${boot(shade, charcoal, accent)}</g>` +
  `<g transform="translate(-38 0)">${boot(main, shade, accent)}${face(156, 178, 76)}</g>` +
  worm(306, 350, 60, '#d98f84');

const rucksack: Shape = (palette, variant) =>
  ground(344, 230) +
  line('M160 92C160 40 240 40 240 92', palette.shade, 14) +
  rect(72, 214, 60, 108, 22, palette.shade) +
  rect(268, 214, 60, 108, 22, palette.shade) +
  rect(98, 84, 204, 260, 52, palette.main) +
  path('M98 140Q98 84 150 84H250Q302 84 302 140V176Q200 216 98 176Z', palette.shade) +
  line('M146 160V226M254 160V226', wood, 14) +
  rect(136, 206, 20, 24, 5, palette.accent) +
  rect(244, 206, 20, 24, 5, palette.accent) +
  rect(124, 244, 152, 84, 20, palette.shade) +
  emblem(palette, variant, 200, 284, 74) +
  rect(92, 62, 216, 36, 18, palette.accent) +
  circle(110, 80, 9, cream);

const flask: Shape = (palette, variant) =>
  ground(346, 160) +
  rect(146, 50, 108, 78, 16, steel) +
  rect(146, 104, 108, 14, 0, '#98a1a0') +
  path('M140 128H260Q272 134 272 152V322Q272 344 250 344H150Q128 344 128 322V152Q128 134 140 128Z', palette.main) +
  path('M238 128H260Q272 134 272 152V322Q272 344 250 344H224Q240 340 240 322Z', palette.shade) +
  rect(128, 166, 144, 10, 0, palette.accent) +
  rect(128, 304, 144, 10, 0, palette.accent) +
  emblem(palette, variant, 196, 240, 104);

const camera: Shape = ({ main, shade, accent }) =>
  rect(164, 0, 72, 400, 0, bark) +
  line('M180 20V120M218 60V150M184 330V390M214 320V366', '#8d653b', 6) +
  rect(156, 170, 88, 26, 0, charcoal) +
  rect(156, 262, 88, 26, 0, charcoal) +
  rect(112, 92, 176, 240, 26, shade) +
  rect(112, 92, 168, 232, 26, main) +
  rect(134, 112, 124, 56, 12, charcoal) +
  [130, 150]
    .map((y) =>
      dots(
        [156, 176, 196, 216, 236].map((x) => [x, y] as const),
        '#7d4a52',
        10,
      ),
    )
    .join('') +
  circle(196, 222, 42, shade) +
  circle(196, 222, 32, charcoal) +
  circle(196, 222, 18, accent) +
  circle(189, 214, 6, cream) +
  face(196, 292, 54) +
  leaf(312, 118, 64, 60, accent, shade) +
  leaf(92, 304, 64, 220, accent, shade);

const torch: Shape = ({ main, shade, accent }) =>
  turned(
    -32,
    200,
    200,
    path('M268 152L424 92V308L268 248Z', '#d8574a4d') +
      rect(48, 166, 164, 68, 14, main) +
      rect(48, 166, 26, 68, 12, shade) +
      line('M94 176V224M108 176V224M122 176V224', shade, 6) +
      path('M208 162L262 140V260L208 238Z', shade) +
      rect(256, 134, 22, 132, 8, charcoal) +
      path('M278 146Q292 200 278 254Z', '#d8574a') +
      rect(166, 156, 34, 16, 8, accent),
  ) +
  turned(-32, 166, 221, paw(164, 222, 52, cream)) +
  face(314, 90, 96);

const trowel: Shape = ({ main, shade, accent, halo }) =>
  path('M60 344C84 296 128 306 156 290S232 282 262 304S326 304 344 344Z', '#7a5a3f') +
  path('M96 344C120 318 160 326 190 316S280 320 304 344Z', '#634831') +
  turned(
    14,
    200,
    200,
    rect(180, 34, 40, 120, 18, wood) +
      line('M192 52V128', bark, 5) +
      rect(180, 58, 40, 12, 0, accent) +
      rect(186, 146, 28, 24, 4, shade) +
      path('M152 182Q152 166 168 166H232Q248 166 248 182C248 244 232 282 200 316C168 282 152 244 152 182Z', steel) +
      path('M200 166H232Q248 166 248 182C248 244 232 282 200 316Z', '#98a1a0') +
      paw(200, 214, 62, main),
  ) +
  leaf(92, 272, 52, -24, accent, shade) +
  leaf(120, 286, 38, 30, main, halo) +
  worm(288, 326, 58, '#d98f84') +
  ellipse(150, 336, 9, 6, '#8b6a4b');

export const outdoors = { lantern, tent, boots, rucksack, flask, camera, torch, trowel } satisfies Record<
  string,
  Shape
>;
