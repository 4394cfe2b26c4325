/** Bitrate, size, frame rate and codec order of each source: pure policy, applied by `sender-parameters.ts`. */
import type { Source } from "../../types";

export interface CameraEncoding {
  /** Bits per second. */
  maxBitrate: number;
  scaleResolutionDownBy: number;
  maxFramerate: number;
}

/**
 * A browser encodes once per connection, so in a mesh a camera's cost in CPU and bandwidth grows with the number of
 * links. Up to two links get 720p; in a room of eight, seven small pictures are enough for the small tiles there.
 */
export function cameraEncoding(links: number): CameraEncoding {
  if (links <= 1) return { maxBitrate: 1_800_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 2) return { maxBitrate: 1_200_000, scaleResolutionDownBy: 1, maxFramerate: 30 };
  if (links <= 4) return { maxBitrate: 700_000, scaleResolutionDownBy: 1.5, maxFramerate: 24 };
  return { maxBitrate: 400_000, scaleResolutionDownBy: 2, maxFramerate: 15 };
}

/** Bits per second. A screen is never scaled down: late text is better than unreadable text. */
export function screenBitrate(links: number): number {
  return Math.max(700_000, Math.round(5_000_000 / Math.max(1, links)));
}

/** Bits per second. Speech is transparent at 32 kbit/s; shared audio may be music. */
export const AUDIO_BITRATE: Record<"microphone" | "screen-audio", number> = {
  microphone: 40_000,
  "screen-audio": 96_000,
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
