/** Bitrate, size, frame rate and codec order of each source: pure policy, applied by `sender-parameters.ts`. */
import { screenDownscale, screenFramerate } from "../../screen-limits";
import { smallHeight } from "../../shown-height";
import type { Source } from "../../types";

/** What determines the encoding of the camera on one link. */
export interface CameraDemand {
  /** Links of the call. */
  links: number;
  /** How large the participant of this link shows the camera, in physical pixels; null: not known. */
  shownHeight: number | null;
  /** How many links show it large ({@link isLarge}). */
  large: number;
}

export interface VideoEncoding {
  /** Bits per second. */
  maxBitrate: number;
  scaleResolutionDownBy: number;
  maxFramerate: number;
}

/** Pixels. More than a tile in a grid of several people usually has. */
const LARGE_HEIGHT = 480;
/** Of a small picture, by its height. Bits per second. */
const SMALL_BITRATE = { 180: 150_000, 360: 500_000 } as const;
/** For all links, in bits per second: what one large picture may use is what the others leave. */
const CAMERA_BUDGET = 4_000_000;

/** Shown large: pinned, or by somebody with few others on the screen. */
export function isLarge(shownHeight: number | null): boolean {
  return shownHeight !== null && shownHeight >= LARGE_HEIGHT;
}

/**
 * The camera on one link; `capturedHeight` in pixels. Whoever shows it large gets it as in a call of only those who do;
 * whoever shows it small gets no more than that needs. The frame rate never falls below that of the mesh, because a low
 * one looks like a bad connection.
 */
export function cameraEncoding(
  { links, shownHeight, large }: CameraDemand,
  capturedHeight: number,
): VideoEncoding {
  const mesh = meshEncoding(links);
  if (shownHeight === null) return mesh;
  if (isLarge(shownHeight)) {
    const viewers = Math.max(1, Math.min(links, large));
    const best = meshEncoding(viewers);
    const share = (CAMERA_BUDGET - (links - viewers) * mesh.maxBitrate) / viewers;
    return { ...best, maxBitrate: Math.round(Math.max(mesh.maxBitrate, Math.min(best.maxBitrate, share))) };
  }
  const height = smallHeight(shownHeight);
  if (height === null) return mesh;
  return {
    ...mesh,
    maxBitrate: Math.min(mesh.maxBitrate, SMALL_BITRATE[height]),
    scaleResolutionDownBy: Math.max(mesh.scaleResolutionDownBy, capturedHeight / height),
  };
}

/**
 * A browser encodes once per connection, so in a mesh a camera's cost in CPU and bandwidth grows with the number of
 * links. Up to two links get 720p; in a room of eight, seven small pictures are enough for the small tiles there.
 */
function meshEncoding(links: number): VideoEncoding {
  if (links <= 1) return { maxBitrate: 1_800_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 2) return { maxBitrate: 1_200_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 4) return { maxBitrate: 700_000, scaleResolutionDownBy: 1.5, maxFramerate: 24 };
  return { maxBitrate: 400_000, scaleResolutionDownBy: 2, maxFramerate: 15 };
}

/** Of a screen captured in this size; null: not known yet. */
export function screenEncoding(
  links: number,
  content: "text" | "motion",
  captured: { width: number; height: number } | null,
): VideoEncoding {
  const scale = captured ? screenDownscale(captured, content, links) : 1;
  const sent = { width: (captured?.width ?? 0) / scale, height: (captured?.height ?? 0) / scale };
  return {
    maxBitrate: Math.max(700_000, Math.round(5_000_000 / Math.max(1, links))),
    scaleResolutionDownBy: scale,
    maxFramerate: screenFramerate(sent, content),
  };
}

/** Bits per second. Speech is transparent at 32 kbit/s; shared audio may be music. */
export const AUDIO_BITRATE: Record<"microphone" | "screen-audio", number> = {
  microphone: 40_000,
  "screen-audio": 96_000,
};

export const STEREO_PARAMETERS: Readonly<Record<string, string>> = { stereo: "1" };

/**
 * What is requested of a sender of Opus (RFC 7587 §6.1). Speech: FEC, and no packets in pauses. The sound of a screen may
 * be music: in stereo, and without DTX, which cuts off quiet passages.
 */
export const OPUS_PARAMETERS: Record<"microphone" | "screen-audio", Record<string, string | null>> = {
  microphone: { useinbandfec: "1", usedtx: "1" },
  "screen-audio": { ...STEREO_PARAMETERS, "sprop-stereo": "1", useinbandfec: "1", usedtx: null },
};

/**
 * Camera: VP8 first. Without a hardware encoder it needs the least CPU, which is what limits a mesh, and every engine
 * supports it. Screen: VP9 first, whose screen coding needs a third of the bits for text, and few people share at once.
 * H.264 is for peers that support nothing else; AV1 is last, because its encoder is too slow for several links. Each
 * side sends the first codec of the list that it supports.
 */
const CAMERA_ORDER = ["video/vp8", "video/vp9", "video/h264"];
const SCREEN_ORDER = ["video/vp9", "video/vp8", "video/h264"];

/** Repair formats (RTX, RED, FEC) go last. */
export function orderCodecs<C extends { mimeType: string }>(codecs: readonly C[], source: Source): C[] {
  const order = source === "screen" ? SCREEN_ORDER : CAMERA_ORDER;
  const rank = (codec: C): number => {
    const type = codec.mimeType.toLowerCase();
    if (/\/(rtx|red|ulpfec|flexfec-03)$/.test(type)) return order.length + 1;
    const index = order.indexOf(type);
    return index < 0 ? order.length : index;
  };
  return codecs
    .map((codec, index) => ({ codec, index, rank: rank(codec) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ codec }) => codec);
}
