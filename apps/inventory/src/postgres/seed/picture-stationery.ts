import {
  bark,
  charcoal,
  circle,
  cream,
  dots,
  flat,
  ground,
  line,
  path,
  rect,
  turned,
  wood,
  type Shape,
} from './picture-ink';
import { crescent, emblem, face, leaf, paw } from './picture-motifs';

const notebook: Shape = (palette, variant) =>
  flat('M108 62H290Q306 62 306 78V328Q306 344 290 344H108Q92 344 92 328V78Q92 62 108 62Z', palette.shade) +
  rect(104, 66, 196, 272, 10, cream) +
  rect(92, 58, 200, 278, 14, palette.main) +
  path('M106 58H122V336H106Q92 336 92 322V72Q92 58 106 58Z', palette.shade) +
  rect(258, 58, 14, 278, 0, palette.accent) +
  emblem(palette, variant, 190, 176, 104) +
  rect(146, 264, 88, 30, 6, cream) +
  line('M160 279H220', palette.shade, 4) +
  rect(304, 108, 18, 150, 3, wood) +
  path('M304 258H322L313 286Z', cream) +
  path('M310 277H316L313 286Z', charcoal) +
  rect(304, 98, 18, 18, 4, palette.accent);

const pencil = (x: number, top: number, body: string, edge: string) =>
  rect(x, top, 30, 196, 0, body) +
  rect(x + 20, top, 10, 196, 0, edge) +
  path(`M${x} ${top}H${x + 30}L${x + 15} ${top - 44}Z`, wood) +
  path(`M${x + 10} ${top - 28}H${x + 20}L${x + 15} ${top - 44}Z`, charcoal);

const pencils: Shape = ({ main, shade, accent }) =>
  ground(342, 220) +
  turned(-9, 140, 300, pencil(118, 112, charcoal, '#1f2122')) +
  pencil(160, 90, accent, shade) +
  pencil(202, 104, cream, '#ddd3bd') +
  turned(9, 260, 300, pencil(250, 114, charcoal, '#1f2122')) +
  path('M106 196H294L284 326Q282 342 266 342H134Q118 342 116 326Z', main) +
  path('M266 196H294L284 326Q282 342 266 342H244Q258 340 259 326Z', shade) +
  rect(98, 186, 204, 22, 11, shade) +
  face(192, 272, 104);

const cards: Shape = ({ main, shade, accent, halo }) =>
  turned(
    -7,
    190,
    150,
    flat('M100 50H284V250H100Z', main) +
      circle(192, 138, 62, accent) +
      face(192, 142, 98) +
      line('M148 224H236', cream, 7),
  ) +
  flat('M72 182H334V338H72Z', cream) +
  path('M72 338L176 256H230L334 338Z', '#e9dfc9') +
  path('M72 182H334L203 280Z', halo) +
  circle(203, 274, 27, shade) +
  paw(203, 273, 34, cream);

const stamp: Shape = ({ main, shade, accent }) =>
  turned(10, 232, 318, rect(92, 268, 250, 84, 6, cream) + paw(150, 310, 62, main)) +
  turned(
    -10,
    230,
    200,
    path(
      'M206 66C206 22 286 22 286 66C286 98 264 104 264 134C264 156 276 164 292 170H200C216 164 228 156 228 134C228 104 206 98 206 66Z',
      wood,
    ) +
      path(
        'M250 34C274 36 286 48 286 66C286 98 264 104 264 134C264 156 276 164 292 170H260C246 160 242 146 244 128C248 98 264 90 264 66Q264 44 250 34Z',
        bark,
      ) +
      rect(172, 166, 148, 46, 10, main) +
      rect(180, 212, 132, 14, 3, shade) +
      rect(186, 226, 120, 12, 3, charcoal) +
      circle(246, 189, 13, accent),
  );

const roll = (x: number, y: number, r: number, fill: string, edge: string) =>
  circle(x + 6, y + 8, r, `${charcoal}24`) +
  circle(x, y, r, edge) +
  circle(x, y, r - 7, fill) +
  circle(x, y, r * 0.52, wood) +
  circle(x, y, r * 0.44, cream);

const tape: Shape = ({ main, shade, accent }) =>
  path('M154 222L364 222L354 232L364 242L354 252L364 262H154Z', main) +
  [238, 284, 328].map((x) => paw(x, 242, 30, cream)).join('') +
  path('M232 96H350L340 106L350 116L340 126H232Z', accent) +
  [268, 302, 334].map((x) => leaf(x, 111, 22, 80, cream, accent)).join('') +
  roll(222, 142, 62, accent, shade) +
  roll(134, 242, 84, main, shade) +
  roll(254, 316, 46, shade, charcoal) +
  face(134, 244, 62);

const days = [250, 275, 300, 325].flatMap((y) => [113, 142, 171, 200, 229, 258, 287].map((x) => [x, y] as const));

const calendar: Shape = ({ main, shade, accent, halo }) =>
  line('M200 34L140 78M200 34L260 78', shade, 4) +
  circle(200, 34, 8, shade) +
  flat('M86 76H314V346H86Z', cream) +
  rect(86, 76, 228, 150, 0, main) +
  crescent(268, 122, 44, accent) +
  path('M86 196Q170 144 314 200V226H86Z', shade) +
  face(174, 168, 92) +
  dots(days, halo, 14) +
  dots(
    days.filter((_, day) => day % 9 === 4),
    accent,
    14,
  ) +
  rect(78, 68, 244, 18, 9, shade);

const ink: Shape = ({ main, shade, accent }) =>
  ground(338, 230) +
  rect(150, 92, 100, 66, 14, main) +
  line('M168 104V146M188 104V146M208 104V146M228 104V146', shade, 6) +
  path('M154 156H246V178Q304 186 304 236V314Q304 338 280 338H120Q96 338 96 314V236Q96 186 154 178Z', '#dfe4e0') +
  path('M110 218H290V312Q290 326 276 326H124Q110 326 110 312Z', charcoal) +
  circle(200, 256, 58, accent) +
  face(200, 259, 86) +
  line('M116 226Q122 200 152 194', '#ffffff', 7) +
  path('M322 60C350 92 344 168 316 214L308 210C296 160 300 96 322 60Z', shade) +
  line('M322 84L306 262', cream, 4);

const sticker = (x: number, y: number, r: number, fill: string, art: string) =>
  circle(x + 3, y + 4, r + 5, `${charcoal}22`) + circle(x, y, r + 5, '#ffffff') + circle(x, y, r, fill) + art;

const stickers: Shape = ({ main, shade, accent, halo }) =>
  turned(
    -5,
    200,
    200,
    flat('M82 62H318V318L290 346H82Z', '#ece2cc') +
      path('M318 318L290 346V318Z', '#cfc3a9') +
      sticker(146, 128, 44, main, face(146, 130, 64)) +
      sticker(254, 122, 38, accent, paw(254, 120, 50, cream)) +
      sticker(142, 234, 38, shade, crescent(142, 234, 46, cream)) +
      sticker(246, 226, 50, accent, face(246, 229, 72)) +
      sticker(136, 312, 20, main, '') +
      sticker(200, 306, 26, main, leaf(200, 306, 36, 30, halo, main)) +
      sticker(256, 310, 17, shade, ''),
  );

export const stationery = { notebook, pencils, cards, stamp, tape, calendar, ink, stickers } satisfies Record<
  string,
  Shape
>;
