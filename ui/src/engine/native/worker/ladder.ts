/**
 * The encoding ladder: pure policy. The encoder always gets the whole bitrate; as it falls, frame rate and size step
 * down a ladder. A camera reduces frame rate and size in turn ("balanced"), text only the frame rate
 * ("maintain-resolution"), motion only the size ("maintain-framerate"): W3C `degradationPreference`.
 */
import { screenDownscale, screenFramerate } from "../../screen-limits";
import type { Content, Size } from "../worker-messages";

export interface Encoding extends Size {
  framerate: number;
  /** Bits per second. */
  bitrate: number;
}

/** A stream's rung, counted from the best, and when it got there (milliseconds). */
export interface LadderPosition {
  rung: number;
  since: number;
}

interface Rung {
  /** Factor of width and height. */
  scale: number;
  framerate: number;
}

/** From the best to the lowest; each costs less than the one before. */
const LADDERS: Record<Content, readonly Rung[]> = {
  camera: [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4].flatMap((scale) => [
    { scale, framerate: 30 },
    { scale, framerate: 20 },
  ]),
  text: [15, 10, 7, 5, 3, 2, 1].map((framerate) => ({ scale: 1, framerate })),
  motion: [1, 3 / 4, 1 / 2, 3 / 8, 1 / 4].map((scale) => ({ scale, framerate: 30 })),
};

/** What VP8 needs to avoid visible blocks: for a face, a mostly still page, a film. */
const BITS_PER_PIXEL: Record<Content, number> = { camera: 0.04, text: 0.02, motion: 0.03 };
/** Bitrate cap, as a multiple of the rung's base bitrate: more is not visible. */
const MAX_BITRATE_FACTOR = 6;
/** A rung is left below this share of its base bitrate: a short dip is not worth a new size, which costs a keyframe. */
const STEP_DOWN_SHARE = 0.85;
/** A better rung has to be affordable by this factor, and this long after the last change. Milliseconds. */
const STEP_UP_FACTOR = 1.2;
const STEP_UP_AFTER_MS = 3_000;
/** Shorter side of the smallest picture worth sending, in pixels. */
const MIN_SHORTER_SIDE = 120;

/** The next position; `before` is null for a new stream, or one whose content type changed. */
export function nextPosition(
  before: LadderPosition | null,
  bitrate: number,
  captured: Size,
  content: Content,
  now: number,
): LadderPosition {
  const ladder = rungs(captured, content);
  const affordable = (factor: number): number => {
    const found = ladder.findIndex((rung) => baseBitrate(rung, captured, content) * factor <= bitrate);
    return found < 0 ? ladder.length - 1 : found;
  };
  if (!before) return { rung: affordable(1), since: now };
  const index = Math.min(before.rung, ladder.length - 1);
  const current = ladder[index];
  if (current && bitrate < baseBitrate(current, captured, content) * STEP_DOWN_SHARE) {
    const lower = affordable(1);
    return lower > index ? { rung: lower, since: now } : { rung: index, since: before.since };
  }
  const higher = affordable(STEP_UP_FACTOR);
  if (higher < index && now - before.since >= STEP_UP_AFTER_MS) return { rung: higher, since: now };
  return { rung: index, since: before.since };
}

/** The position `rungs` further down. It may be below the last rung; `encodingAt` limits it. */
export function lowerBy(position: LadderPosition, rungs: number): LadderPosition {
  return { ...position, rung: position.rung + rungs };
}

/** The encoding of a rung. Width and height are even, for VP8's chroma subsampling. */
export function encodingAt(
  position: LadderPosition,
  bitrate: number,
  captured: Size,
  content: Content,
): Encoding {
  const ladder = rungs(captured, content);
  const rung = ladder[Math.min(position.rung, ladder.length - 1)] ?? { scale: 1, framerate: 15 };
  return {
    width: even(captured.width * rung.scale),
    height: even(captured.height * rung.scale),
    framerate: rung.framerate,
    bitrate: Math.round(Math.min(bitrate, baseBitrate(rung, captured, content) * MAX_BITRATE_FACTOR)),
  };
}

/** `captured` scaled down to fit into `limit`, with the same aspect ratio. */
export function fitInto(captured: Size, limit: Size | null): Size {
  const scale = limit ? Math.min(1, limit.width / captured.width, limit.height / captured.height) : 1;
  if (scale === 1) return captured;
  return { width: Math.round(captured.width * scale), height: Math.round(captured.height * scale) };
}

/** The largest size in which this content is sent; `maxHeight`: of a camera that nobody shows larger. */
export function limitedSize(captured: Size, content: Content, maxHeight: number | null): Size {
  const scale =
    content === "camera"
      ? Math.max(1, captured.height / (maxHeight ?? captured.height))
      : screenDownscale(captured, content, 1);
  if (scale === 1) return captured;
  return { width: Math.round(captured.width / scale), height: Math.round(captured.height / scale) };
}

function rungs(size: Size, content: Content): readonly Rung[] {
  const shorter = Math.min(size.width, size.height);
  const framerate = content === "camera" ? Number.POSITIVE_INFINITY : screenFramerate(size, content);
  return LADDERS[content].filter(
    (rung) => (rung.scale === 1 || shorter * rung.scale >= MIN_SHORTER_SIDE) && rung.framerate <= framerate,
  );
}

/** Bits per second. */
function baseBitrate({ scale, framerate }: Rung, { width, height }: Size, content: Content): number {
  return width * height * scale * scale * framerate * BITS_PER_PIXEL[content];
}

function even(side: number): number {
  return Math.max(2, 2 * Math.floor(side / 2));
}
