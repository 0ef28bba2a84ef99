import {
  charcoal,
  circle,
  cream,
  ellipse,
  flat,
  ground,
  line,
  path,
  rect,
  turned,
  type Palette,
  type Shape,
} from './picture-ink';
import { crescent, face, leaf, paw, worm } from './picture-motifs';

/** A closed book, cover up: its art has the field from (128, 66) to (308, 322). */
const closed = ({ main, shade, accent }: Palette, art: string) =>
  flat('M104 74H304Q316 74 316 86V336Q316 346 306 346H104Q92 346 92 334V86Q92 74 104 74Z', shade) +
  path('M104 320H308V338H104Q98 338 98 329T104 320Z', cream) +
  line('M112 326H304M112 332H304', '#d8cdb6', 1.5) +
  rect(92, 58, 224, 264, 10, main) +
  art +
  path('M102 58H124V322H102Q92 322 92 312V68Q92 58 102 58Z', shade) +
  line('M98 92H118M98 286H118', accent, 5);

const title = (y: number, fill: string) => rect(158, y, 124, 12, 6, fill) + rect(182, y + 22, 76, 7, 3.5, fill);

const guide: Shape = (palette) =>
  closed(
    palette,
    title(86, cream) +
      circle(220, 212, 74, palette.accent) +
      face(220, 214, 118) +
      leaf(148, 298, 30, 60, palette.halo, palette.main) +
      leaf(292, 298, 30, -60, palette.halo, palette.main),
  );

const tracks: Shape = (palette) =>
  closed(
    palette,
    title(274, palette.accent) +
      turned(14, 178, 222, paw(178, 222, 62, cream)) +
      turned(14, 244, 174, paw(244, 174, 62, cream)) +
      turned(14, 202, 110, paw(202, 110, 62, cream)),
  );

const nights: Shape = (palette) =>
  closed(
    palette,
    crescent(262, 116, 62, palette.accent) +
      [150, 178, 226, 292].map((x, i) => circle(x, [96, 150, 84, 178][i % 4] ?? 90, 3.5, cream)).join('') +
      path('M124 244Q210 178 316 236V312Q316 322 306 322H124Z', palette.shade) +
      path('M166 322C166 238 268 238 268 322Z', charcoal) +
      face(217, 290, 66),
  );

const tree = (x: number, y: number, height: number, fill: string, trunk: string) =>
  line(`M${x} ${y}v-${height / 2}`, trunk, 8) +
  path(`M${x} ${y - height}l${height / 4} ${height * 0.78}h-${height / 2}Z`, fill);

const woods: Shape = (palette) =>
  closed(
    palette,
    circle(220, 146, 52, palette.halo) +
      tree(162, 262, 150, palette.shade, charcoal) +
      tree(272, 262, 164, palette.shade, charcoal) +
      tree(196, 262, 106, palette.accent, charcoal) +
      tree(244, 262, 118, palette.accent, charcoal) +
      path('M124 262Q220 236 316 262V312Q316 322 306 322H124Z', palette.halo) +
      face(221, 268, 58),
  );

const recipes: Shape = (palette) =>
  closed(
    palette,
    rect(146, 82, 150, 72, 8, cream) +
      rect(166, 102, 110, 12, 6, palette.shade) +
      rect(186, 126, 70, 7, 3.5, palette.accent) +
      circle(188, 226, 36, palette.accent) +
      line('M188 192q2-14 12-20', charcoal, 6) +
      leaf(214, 176, 34, 50, palette.halo, palette.shade) +
      path('M232 286C216 262 236 216 262 216S300 266 278 286Q256 300 232 286Z', cream) +
      path('M229 240C232 214 292 214 294 240Q262 254 229 240Z', palette.shade) +
      worm(214, 296, 56, '#d98f84'),
  );

const setts: Shape = (palette) =>
  closed(
    palette,
    title(80, cream) +
      path('M124 174Q180 132 220 166T316 158V312Q316 322 306 322H124Z', palette.shade) +
      line(
        'M190 152C196 196 160 204 164 238S214 248 216 282M164 238C190 224 240 240 262 214S268 172 274 158',
        palette.halo,
        14,
      ) +
      ellipse(160, 240, 24, 17, palette.halo) +
      ellipse(262, 218, 24, 17, palette.halo) +
      ellipse(222, 288, 42, 26, palette.halo) +
      face(222, 286, 44),
  );

const volume = (x: number, y: number, width: number, fill: string, band: string) =>
  rect(x, y, width, 62, 8, fill) + rect(x + 22, y, 12, 62, 0, band) + rect(x + width - 34, y, 12, 62, 0, band);

const trilogy: Shape = ({ main, shade, accent }) =>
  ground(330, 260) +
  volume(76, 266, 248, main, accent) +
  volume(92, 202, 226, accent, cream) +
  volume(84, 138, 216, shade, accent) +
  rect(146, 290, 108, 12, 6, cream) +
  rect(156, 226, 96, 12, 6, cream) +
  rect(150, 162, 84, 12, 6, cream) +
  path('M118 138C118 82 150 64 192 64S266 82 266 138Z', charcoal) +
  face(192, 98, 88);

const picture: Shape = ({ main, shade, accent, halo }) =>
  flat('M40 116H360V322H40Z', shade) +
  path('M52 104Q130 84 200 116V316Q130 286 52 304Z', cream) +
  path('M348 104Q270 84 200 116V316Q270 286 348 304Z', '#efe6d2') +
  path('M68 118Q130 104 188 126V230Q130 206 68 218Z', main) +
  crescent(150, 152, 36, accent) +
  path('M68 196Q120 160 188 206V230Q130 206 68 218Z', halo) +
  line('M72 240Q130 228 184 250M72 260Q130 248 184 270', '#c9bda3', 6) +
  circle(274, 184, 56, accent) +
  face(274, 186, 84) +
  line('M226 262Q270 246 328 254', '#c9bda3', 6) +
  line('M200 116V316', '#cfc3a9', 4);

export const books = {
  guide,
  tracks,
  nights,
  wood: woods,
  windfalls: recipes,
  sett: setts,
  trilogy,
  picture,
} satisfies Record<string, Shape>;
