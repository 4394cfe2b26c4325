/** Made-up link statistics, for the gallery and for tests. */
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

/** `impairment` 0: a good connection; 1: a bad one. */
export function sampleStats(impairment: number, patch: Partial<LinkStats> = {}): LinkStats {
  const framesPerSecond = Math.round(30 - 22 * impairment);
  return {
    roundTrip: 24 + 310 * impairment,
    loss: 0.001 + 0.08 * impairment,
    sentLoss: 0.02 * impairment,
    jitter: 3.2 + 45 * impairment,
    sentBitrate: 1_420_000 - 1_300_000 * impairment,
    receivedBitrate: 1_610_000 - 1_100_000 * impairment,
    availableBitrate: 2_800_000 - 2_500_000 * impairment,
    localCandidate: impairment > 0.5 ? "relay udp relay over tcp" : "host udp",
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
        limitation: impairment > 0.5 ? "bandwidth" : "none",
      },
      { ...NO_MEDIA_STATS, direction: "sent", source: "microphone", codec: "audio/opus", packets: 4_200 },
      {
        ...NO_MEDIA_STATS,
        direction: "received",
        source: "camera",
        codec: "video/VP8",
        width: impairment > 0.5 ? 320 : 1280,
        height: impairment > 0.5 ? 180 : 720,
        framesPerSecond,
        decodeTime: 2.1,
        frozen: 0.3 * impairment,
      },
      {
        ...NO_MEDIA_STATS,
        direction: "received",
        source: "microphone",
        codec: "audio/opus",
        packets: 4_100,
        concealedShare: 0.002 + 0.09 * impairment,
        bufferDelay: 42 + 120 * impairment,
      },
    ],
    ...patch,
  };
}

/** 48 samples, one per second, with slow waves for the graphs to show. */
export function sampleHistory(impairment: number): StatsSample[] {
  return Array.from({ length: 48 }, (_, second) => ({
    at: Date.now() - (48 - second) * 1_000,
    stats: sampleStats(Math.max(0, impairment + 0.06 * Math.sin(second / 3) + 0.04 * Math.sin(second))),
  }));
}
