import {
  bark,
  charcoal,
  circle,
  cream,
  ellipse,
  flat,
  ground,
  line,
  path,
  rect,
  wood,
  type Shape,
} from './picture-ink';
import { emblem, face, leaf, paw } from './picture-motifs';

const mug: Shape = ({ main, shade, halo }, variant) =>
  ground(332, 210) +
  line('M150 92q-14-16 0-32t0-32M190 92q-14-16 0-32t0-32M230 92q-14-16 0-32t0-32', variant % 2 ? cream : halo, 8) +
  line('M272 170C344 162 340 268 262 266', shade, 22) +
  path('M104 126H282L272 302Q270 330 244 330H142Q116 330 114 302Z', main) +
  path('M252 126H282L272 302Q270 330 244 330H222Q246 328 247 300Z', shade) +
  rect(96, 114, 194, 22, 11, cream) +
  face(184, 230, 124);

const teapot: Shape = (palette, variant) =>
  ground(326, 220) +
  line('M126 190C48 172 48 288 130 276', palette.shade, 20) +
  path('M262 268C322 262 300 190 346 158L324 140C276 158 290 208 252 216Z', palette.shade) +
  path('M104 236C104 170 146 146 196 146S288 170 288 236C288 294 258 326 196 326S104 294 104 236Z', palette.main) +
  path('M140 152Q146 112 196 112T252 152Q196 166 140 152Z', palette.shade) +
  circle(196, 102, 14, palette.accent) +
  emblem(palette, variant, 196, 238, 112);

const plates: Shape = ({ main, shade, accent }) =>
  line('M50 106v46q0 22 18 22t18-22v-46M68 106v190', '#929c9b', 9) +
  path('M336 296V104C362 124 364 190 350 212H344V296Q340 302 336 296Z', '#929c9b') +
  ellipse(206, 216, 122, 122, `${charcoal}24`) +
  circle(200, 206, 122, cream) +
  circle(200, 206, 108, accent) +
  circle(200, 206, 103, cream) +
  circle(200, 206, 82, shade) +
  circle(200, 206, 78, main) +
  face(200, 210, 108);

const jar: Shape = ({ main, shade, accent }) =>
  ground(340, 190) +
  rect(122, 112, 156, 230, 26, `${cream}cc`) +
  line('M146 326V140M166 326V128M186 326V138M206 326V126M226 326V140M246 326V132', '#e3bf78', 9) +
  line('M156 326V150M236 326V148M216 326V152', '#d3a65b', 6) +
  rect(122, 186, 156, 104, 6, main) +
  rect(122, 186, 156, 8, 0, shade) +
  rect(122, 282, 156, 8, 0, shade) +
  face(200, 238, 78) +
  rect(132, 70, 136, 48, 10, wood) +
  rect(132, 98, 136, 20, 6, bark) +
  circle(200, 58, 16, accent) +
  line('M136 142V174', '#ffffff', 6);

const towel: Shape = ({ main, shade, accent, halo }) =>
  line('M76 84H324', bark, 14) +
  flat('M112 78H288V322H112Z', cream) +
  rect(112, 78, 176, 18, 0, main) +
  rect(112, 262, 176, 12, 0, main) +
  rect(112, 282, 176, 6, 0, accent) +
  rect(112, 298, 176, 12, 0, main) +
  circle(200, 186, 58, shade) +
  face(200, 188, 84) +
  leaf(138, 128, 30, -30, halo, main) +
  leaf(262, 128, 30, 30, halo, main) +
  circle(138, 240, 9, accent) +
  circle(262, 240, 9, accent);

const board: Shape = ({ accent, main, shade }) =>
  flat(
    'M184 52H216Q230 52 230 68V110H268Q292 110 292 134V312Q292 340 264 340H136Q108 340 108 312V134Q108 110 132 110H170V68Q170 52 184 52Z',
    wood,
  ) +
  circle(200, 78, 10, bark) +
  line('M132 132V316M268 140V262M154 320H230', `${bark}88`, 4) +
  paw(200, 220, 116, bark) +
  circle(286, 312, 36, accent) +
  line('M284 282q2-12 10-18', charcoal, 6) +
  leaf(312, 266, 34, 60, main, shade);

const bowl: Shape = (palette, variant) =>
  ground(318, 180) +
  line('M262 168L330 78', palette.shade, 14) +
  ellipse(200, 178, 128, 34, palette.shade) +
  ellipse(200, 180, 112, 25, cream) +
  circle(166, 178, 11, palette.accent) +
  circle(192, 186, 11, '#5b5f86') +
  circle(222, 174, 11, palette.accent) +
  path('M72 180C76 268 124 316 200 316S324 268 328 180C300 222 100 222 72 180Z', palette.main) +
  rect(152, 306, 96, 14, 6, palette.shade) +
  emblem(palette, variant, 200, 258, 84);

const apron: Shape = ({ main, shade, accent }) =>
  line('M158 116C146 34 254 34 242 116', accent, 12) +
  line('M112 204C84 210 76 234 60 262M288 204C316 210 324 234 340 262', accent, 10) +
  flat(
    'M148 106H252C254 152 268 180 300 190V318Q300 340 278 340H122Q100 340 100 318V190C132 180 146 152 148 106Z',
    main,
  ) +
  rect(148, 106, 104, 16, 0, shade) +
  path('M132 238H268V292Q268 312 248 312H152Q132 312 132 292Z', shade) +
  paw(166, 274, 50, cream) +
  paw(234, 274, 50, cream) +
  face(200, 174, 72);

export const kitchen = { mug, teapot, plates, jar, towel, board, bowl, apron } satisfies Record<string, Shape>;
