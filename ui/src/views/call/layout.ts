/**
 * Positions of tiles. Pure: sizes go in, rectangles come out (CSS pixels).
 *
 * Rows are filled evenly (7 is 3 + 2 + 2, not 4 + 3): no two rows differ by more than one tile. A shorter row is centred,
 * so the gap at each side of it is at most half a tile.
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

/** Limits of a tile's aspect ratio, width to height. */
const MAX_ASPECT = 16 / 9;
const MIN_ASPECT = 4 / 3;
/** In portrait orientation: four people on a phone are four rows of wide tiles. */
export const MAX_ASPECT_PORTRAIT = 2;
/** In portrait orientation: a square fits a head, and uses more of the area. */
export const MIN_ASPECT_PORTRAIT = 1;

/** Equal tiles, as large as possible, centred. In reading order; empty for a count of 0. */
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
  const portrait = box.width < box.height;
  const tile = largestWithin(
    (box.width - gap * (columns - 1)) / columns,
    (box.height - gap * (rows - 1)) / rows,
    portrait ? MIN_ASPECT_PORTRAIT : MIN_ASPECT,
    portrait ? MAX_ASPECT_PORTRAIT : MAX_ASPECT,
  );
  const top = (box.height - rows * tile.height - gap * (rows - 1)) / 2;
  const rects: Rect[] = [];
  for (let row = 0; row < rows; row += 1) {
    // The remainder goes to the first rows.
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

/** The largest box within `width` × `height` whose aspect ratio is within the limits. */
function largestWithin(width: number, height: number, minAspect: number, maxAspect: number): Box {
  const w = Math.max(0, width);
  const h = Math.max(0, height);
  if (h === 0 || w === 0) return { width: 0, height: 0 };
  if (w / h > maxAspect) return { width: h * maxAspect, height: h };
  if (w / h < minAspect) return { width: w, height: w / minAspect };
  return { width: w, height: h };
}

/** Thickness of the strip of small tiles: a share of the longer side, within limits in CSS pixels. */
const STRIP_SHARE = 0.19;
const MIN_STRIP = 104;
const MAX_STRIP = 300;

export interface SpotlightLayout {
  main: Rect;
  strip: Rect[];
}

/**
 * One large tile, and `others` small ones in a strip: at the right in landscape orientation, below in portrait. The
 * large tile fills the rest, with any aspect ratio: its content is fitted by CSS.
 */
export function spotlightLayout(others: number, box: Box, gap: number): SpotlightLayout {
  if (others === 0) return { main: { x: 0, y: 0, width: box.width, height: box.height }, strip: [] };
  const wide = box.width >= box.height * 1.1;
  const along = wide ? box.width : box.height;
  const thickness = Math.min(MAX_STRIP, Math.max(MIN_STRIP, along * STRIP_SHARE));
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
