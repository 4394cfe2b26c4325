/** What each source may cost, and in which codec: pure policy, applied by `sections.ts`. */
import type { Source } from "../types";

export interface CameraEncoding {
  /** Bits per second. */
  maxBitrate: number;
  scaleResolutionDownBy: number;
  maxFramerate: number;
}

/**
 * A browser encodes once per connection, so in a mesh the cost of a camera grows with the number of links
 * in CPU as much as in bits. Up to two links get 720p; a room of eight sends seven small pictures, which
 * is also what their tiles show.
 */
export function cameraEncoding(links: number): CameraEncoding {
  if (links <= 1) return { maxBitrate: 1_800_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 2) return { maxBitrate: 1_200_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 4) return { maxBitrate: 700_000, scaleResolutionDownBy: 1.5, maxFramerate: 24 };
  return { maxBitrate: 400_000, scaleResolutionDownBy: 2, maxFramerate: 15 };
}

/** A screen is never scaled down: unreadable text is worth nothing, late text is. Bits per second. */
export function screenBitrate(links: number): number {
  return Math.max(700_000, Math.round(5_000_000 / Math.max(1, links)));
}

/** Bits per second. Speech is transparent at 32; shared sound may be music, in stereo. */
export const AUDIO_BITRATE: Record<"microphone" | "screen-audio", number> = {
  microphone: 40_000,
  "screen-audio": 96_000,
};

/**
 * Camera: VP8 first. It costs the least CPU where there is no hardware encoder, which is what limits a
 * mesh, and every engine has it. Screen: VP9 first, whose screen coding needs a third of the bits for
 * text, and there are few sharers. H.264 stays in the list for those who offer nothing else; AV1 goes
 * last, its encoder is too slow for several links. Of the list, each side sends the first it can.
 */
const CAMERA_ORDER = ["video/vp8", "video/vp9", "video/h264"];
const SCREEN_ORDER = ["video/vp9", "video/vp8", "video/h264"];

/** Repair formats (RTX, RED, FEC) keep their place behind the codecs they belong to. */
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
