/** A minute of figures, drawn by hand. */
import type { StatsSample } from "../call/types";
import type { LinkStats, MediaStats } from "../engine/types";

export const NO_MEDIA_STATS: Omit<MediaStats, "direction" | "source"> = {
  codec: null,
  width: null,
  height: null,
  framesPerSecond: null,
  frames: null,
  encodeTime: null,
  decodeTime: null,
  limitation: null,
  frozen: null,
  packets: null,
  concealed: null,
  concealedShare: null,
  bufferDelay: null,
  totalAudioEnergy: null,
};

/** `strain` 0: a good connection; 1: a bad one. */
export function figures(strain: number, patch: Partial<LinkStats> = {}): LinkStats {
  const rate = Math.round(30 - 22 * strain);
  return {
    roundTrip: 24 + 310 * strain,
    loss: 0.001 + 0.08 * strain,
    sentLoss: 0.02 * strain,
    jitter: 3.2 + 45 * strain,
    sentBitrate: 1_420_000 - 1_300_000 * strain,
    receivedBitrate: 1_610_000 - 1_100_000 * strain,
    availableBitrate: 2_800_000 - 2_500_000 * strain,
    localCandidate: strain > 0.5 ? "relay udp relay over tcp" : "host udp",
    remoteCandidate: "srflx udp",
    media: [
      {
        ...NO_MEDIA_STATS,
        direction: "sent",
        source: "camera",
        codec: "video/VP8",
        width: 1280,
        height: 720,
        framesPerSecond: 30,
        encodeTime: 6.4,
        limitation: strain > 0.5 ? "bandwidth" : "none",
      },
      { ...NO_MEDIA_STATS, direction: "sent", source: "microphone", codec: "audio/opus", packets: 4_200 },
      {
        ...NO_MEDIA_STATS,
        direction: "received",
        source: "camera",
        codec: "video/VP8",
        width: strain > 0.5 ? 320 : 1280,
        height: strain > 0.5 ? 180 : 720,
        framesPerSecond: rate,
        decodeTime: 2.1,
        frozen: 0.3 * strain,
      },
      {
        ...NO_MEDIA_STATS,
        direction: "received",
        source: "microphone",
        codec: "audio/opus",
        packets: 4_100,
        concealedShare: 0.002 + 0.09 * strain,
        bufferDelay: 42 + 120 * strain,
      },
    ],
    ...patch,
  };
}

/** One sample a second; a slow wave, so that there is something to see in it. */
export function minute(strain: number): StatsSample[] {
  return Array.from({ length: 48 }, (_, second) => ({
    at: Date.now() - (48 - second) * 1_000,
    stats: figures(Math.max(0, strain + 0.06 * Math.sin(second / 3) + 0.04 * Math.sin(second))),
  }));
}
