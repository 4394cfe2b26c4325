/**
 * Where tiles go. Pure: sizes in, rectangles out (CSS pixels).
 *
 * Rows are filled evenly (7 is 3 + 2 + 2, not 4 + 3), so no two rows differ by more than one tile, and a
 * shorter row is centred: the empty places beside it are at most half a tile each.
 */

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Box {
  width: number;
  height: number;
}

/** Widest a person's tile gets. */
export const WIDEST = 16 / 9;
/** Widest in an upright area, where four people on a telephone are four rows. */
export const WIDEST_UPRIGHT = 2;
/** Narrowest in an area wider than high. */
export const NARROWEST = 4 / 3;
/** Narrowest in an upright area (a telephone): heads fit a square, and more of the area is used. */
export const NARROWEST_UPRIGHT = 1;

/** Tiles of one size, as large as they get, centred. In reading order; empty for a count of 0. */
export function gridLayout(count: number, box: Box, gap: number): Rect[] {
  let best: Rect[] = [];
  let bestArea = -1;
  for (let rows = 1; rows <= count; rows += 1) {
    const rects = inRows(count, rows, box, gap);
    const first = rects[0];
    const area = first ? first.width * first.height : 0;
    if (area > bestArea) {
      best = rects;
      bestArea = area;
    }
  }
  return best;
}

function inRows(count: number, rows: number, box: Box, gap: number): Rect[] {
  const columns = Math.ceil(count / rows);
  const upright = box.width < box.height;
  const tile = largestWithin(
    (box.width - gap * (columns - 1)) / columns,
    (box.height - gap * (rows - 1)) / rows,
    upright ? NARROWEST_UPRIGHT : NARROWEST,
    upright ? WIDEST_UPRIGHT : WIDEST,
  );
  const top = (box.height - rows * tile.height - gap * (rows - 1)) / 2;
  const rects: Rect[] = [];
  for (let row = 0; row < rows; row += 1) {
    // The first rows take what does not divide.
    const inRow = Math.floor(count / rows) + (row < count % rows ? 1 : 0);
    const left = (box.width - inRow * tile.width - gap * (inRow - 1)) / 2;
    for (let column = 0; column < inRow; column += 1) {
      rects.push({
        x: left + column * (tile.width + gap),
        y: top + row * (tile.height + gap),
        ...tile,
      });
    }
  }
  return rects;
}

/** Largest box within `width` × `height` whose proportion is between the two. */
function largestWithin(width: number, height: number, narrowest: number, widest: number): Box {
  const w = Math.max(0, width);
  const h = Math.max(0, height);
  if (h === 0 || w === 0) return { width: 0, height: 0 };
  if (w / h > widest) return { width: h * widest, height: h };
  if (w / h < narrowest) return { width: w, height: w / narrowest };
  return { width: w, height: h };
}

/** Share of the longer side given to the strip of small tiles. */
const STRIP_SHARE = 0.19;
const STRIP_MIN = 104;
const STRIP_MAX = 300;

export interface SpotlightLayout {
  main: Rect;
  strip: Rect[];
}

/**
 * One large tile, and `others` small ones in a strip: at the right of a wide area, below an upright one.
 * The large tile takes all that is left: what it shows decides how it fits.
 */
export function spotlightLayout(others: number, box: Box, gap: number): SpotlightLayout {
  if (others === 0) return { main: { x: 0, y: 0, width: box.width, height: box.height }, strip: [] };
  const wide = box.width >= box.height * 1.1;
  const along = wide ? box.width : box.height;
  const thickness = Math.min(STRIP_MAX, Math.max(STRIP_MIN, along * STRIP_SHARE));
  const main: Rect = wide
    ? { x: 0, y: 0, width: Math.max(0, box.width - thickness - gap), height: box.height }
    : { x: 0, y: 0, width: box.width, height: Math.max(0, box.height - thickness - gap) };
  const stripBox: Box = wide
    ? { width: thickness, height: box.height }
    : { width: box.width, height: thickness };
  const dx = wide ? main.width + gap : 0;
  const dy = wide ? 0 : main.height + gap;
  const strip = gridLayout(others, stripBox, gap).map((rect) => ({
    ...rect,
    x: rect.x + dx,
    y: rect.y + dy,
  }));
  return { main, strip };
}
