/**
 * Limits of a shared screen, for all engines. Without them a 4K screen is encoded in software at two pictures a second,
 * beside a voice that needs the same processor.
 */

type Content = "text" | "motion";

/** Text stays readable from a 4K screen scaled to this; motion needs all of its frames more than all of its pixels. */
const MAX_PIXELS: Record<Content, number> = { text: 2560 * 1440, motion: 1920 * 1080 };
/** Of motion in a mesh: each link has an encoder of its own in a browser. */
const MAX_MOTION_PIXELS_OF_MANY = 1280 * 720;
const FEW_LINKS = 2;

const MOTION_FRAMERATE = 30;
/** Of text: enough for a cursor and for scrolling; less where a frame is larger than 1920 × 1200. */
const TEXT_FRAMERATE = 15;
const LARGE_TEXT_FRAMERATE = 10;
const LARGE_TEXT_PIXELS = 1920 * 1200;

interface Size {
  width: number;
  height: number;
}

/** The factor by which a captured screen is scaled down before it is encoded `encoders` times; 1: not at all. */
export function screenDownscale(captured: Size, content: Content, encoders: number): number {
  const limit =
    content === "motion" && encoders > FEW_LINKS ? MAX_MOTION_PIXELS_OF_MANY : MAX_PIXELS[content];
  return Math.max(1, Math.sqrt((captured.width * captured.height) / limit));
}

/** Maximum frames per second of a screen that is sent in this size. */
export function screenFramerate(sent: Size, content: Content): number {
  if (content === "motion") return MOTION_FRAMERATE;
  return sent.width * sent.height > LARGE_TEXT_PIXELS ? LARGE_TEXT_FRAMERATE : TEXT_FRAMERATE;
}
