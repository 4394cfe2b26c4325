/** Zoom and position of a picture in a box. Pure: CSS pixels go in, a CSS transform comes out. */

export interface Box {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A point p of the unzoomed box is drawn at p × scale + (x, y). */
export interface Zoom extends Point {
  /** 1: the whole picture. */
  scale: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 8;
/** One press of a button or key. */
export const ZOOM_STEP = 1.5;
/** The zoom ends below this, so that a pinch does not stop at 101 %. */
const SNAP_TO_WHOLE = 1.04;

/** The size of a picture of this aspect ratio that is shown whole in the box (`object-fit: contain`). */
export function containedSize(picture: Box, box: Box): Box {
  if (picture.width <= 0 || picture.height <= 0) return box;
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Scales by `factor`; what is at `at` stays there, unless an edge of the picture would come into the box. */
export function zoomBy(zoom: Zoom, factor: number, at: Point, content: Box, box: Box): Zoom {
  const wanted = Math.min(MAX_SCALE, zoom.scale * factor);
  const scale = wanted < SNAP_TO_WHOLE ? 1 : wanted;
  const kept = scale / zoom.scale;
  return bounded({ scale, x: at.x - (at.x - zoom.x) * kept, y: at.y - (at.y - zoom.y) * kept }, content, box);
}

/** Moves the picture by these distances, as far as there is more of it. */
export function panBy(zoom: Zoom, { x, y }: Point, content: Box, box: Box): Zoom {
  return bounded({ scale: zoom.scale, x: zoom.x + x, y: zoom.y + y }, content, box);
}

/** Within the limits after the box or the picture changed its size. `content`: its size at scale 1, centred in the box. */
export function bounded({ scale, x, y }: Zoom, content: Box, box: Box): Zoom {
  if (scale <= 1) return WHOLE;
  return {
    scale,
    x: boundedOffset(x, scale, content.width, box.width),
    y: boundedOffset(y, scale, content.height, box.height),
  };
}

function boundedOffset(offset: number, scale: number, content: number, box: number): number {
  // Smaller than the box: centred.
  if (content * scale <= box) return (box * (1 - scale)) / 2;
  const atStart = (-scale * (box - content)) / 2;
  const atEnd = box - (scale * (box + content)) / 2;
  return Math.min(atStart, Math.max(atEnd, offset));
}

/** Factor of a turn of the wheel or a pinch on a touchpad, which browsers report as a wheel with Ctrl. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  // Lines (1) and pages (2) in pixels. A notch of a wheel is 100 pixels or more, a step of a pinch a few.
  const pixels = deltaY * (deltaMode === 0 ? 1 : deltaMode === 1 ? 16 : 400);
  return Math.exp(-Math.max(-25, Math.min(25, pixels)) / 100);
}
