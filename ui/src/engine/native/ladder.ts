/**
 * What to make of the bits there are: pure policy. The encoder always gets the whole bitrate; frame rate and
 * size step down a *ladder* as it falls. A camera gives up smoothness and sharpness in turn (balanced), text
 * only smoothness, motion only sharpness: what W3C calls `degradationPreference`.
 */

export type Content = "camera" | "text" | "motion";

export interface Size {
  /** Pixels. */
  width: number;
  height: number;
}

export interface Encoding extends Size {
  framerate: number;
  /** Bits per second. */
  bitrate: number;
}

/** Where on the ladder a stream stands, and since when (milliseconds). */
export interface Footing {
  rung: number;
  since: number;
}

interface Rung {
  /** Of each side. */
  scale: number;
  framerate: number;
}

/** From the best to the least; each costs less than the one before. */
const LADDERS: Record<Content, readonly Rung[]> = {
  camera: [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4].flatMap((scale) => [
    { scale, framerate: 30 },
    { scale, framerate: 20 },
  ]),
  text: [15, 10, 7, 5, 3, 2, 1].map((framerate) => ({ scale: 1, framerate })),
  motion: [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4].map((scale) => ({ scale, framerate: 30 })),
};

/** What VP8 needs so that blocks do not show: of a face, of a page that mostly stands still, of a film. */
const BITS_PER_PIXEL: Record<Content, number> = { camera: 0.04, text: 0.02, motion: 0.03 };
/** Times that, nobody sees more bits. */
const PLENTY = 6;
/** Below this share of what a rung needs it is left: a dip is not worth a new size, which costs a keyframe. */
const LEAVE = 0.85;
/** A better rung has to be affordable by this much, and this long after the last change. Milliseconds. */
const COMFORT = 1.2;
const SETTLE_MS = 3_000;
/** Shorter side of the smallest picture worth sending. */
const SMALLEST = 120;

/** One step; `before` is null for a stream that begins, or whose content changed. */
export function step(
  before: Footing | null,
  bitrate: number,
  captured: Size,
  content: Content,
  now: number,
): Footing {
  const ladder = rungs(captured, content);
  const affordable = (margin: number): number => {
    const found = ladder.findIndex((rung) => cost(rung, captured, content) * margin <= bitrate);
    return found < 0 ? ladder.length - 1 : found;
  };
  if (!before) return { rung: affordable(1), since: now };
  const index = Math.min(before.rung, ladder.length - 1);
  const current = ladder[index];
  if (current && bitrate < cost(current, captured, content) * LEAVE) {
    const lower = affordable(1);
    return lower > index ? { rung: lower, since: now } : { rung: index, since: before.since };
  }
  const higher = affordable(COMFORT);
  if (higher < index && now - before.since >= SETTLE_MS) return { rung: higher, since: now };
  return { rung: index, since: before.since };
}

/** So many rungs further down, to the last at most. */
export function lowered(footing: Footing, rungs: number): Footing {
  return { ...footing, rung: footing.rung + rungs };
}

/** What stands there. Sides are even, as VP8's chroma wants them. */
export function encodingOf(footing: Footing, bitrate: number, captured: Size, content: Content): Encoding {
  const ladder = rungs(captured, content);
  const rung = ladder[Math.min(footing.rung, ladder.length - 1)] ?? { scale: 1, framerate: 15 };
  return {
    width: even(captured.width * rung.scale),
    height: even(captured.height * rung.scale),
    framerate: rung.framerate,
    bitrate: Math.round(Math.min(bitrate, cost(rung, captured, content) * PLENTY)),
  };
}

/** The same shape, no larger than the limit. */
export function within(captured: Size, limit: Size | null): Size {
  const scale = limit ? Math.min(1, limit.width / captured.width, limit.height / captured.height) : 1;
  if (scale === 1) return captured;
  return { width: Math.round(captured.width * scale), height: Math.round(captured.height * scale) };
}

function rungs({ width, height }: Size, content: Content): readonly Rung[] {
  const shorter = Math.min(width, height);
  return LADDERS[content].filter(({ scale }) => scale === 1 || shorter * scale >= SMALLEST);
}

/** Bits per second. */
function cost({ scale, framerate }: Rung, { width, height }: Size, content: Content): number {
  return width * height * scale * scale * framerate * BITS_PER_PIXEL[content];
}

function even(side: number): number {
  return Math.max(2, 2 * Math.floor(side / 2));
}
