import type { LinkStats, MediaStats } from "../types";
import type { NativeMediaStats, NativeStats, StreamId } from "./bridge";
import type { VideoStreamStats } from "./worker-messages";

type VideoOf = (stream: StreamId) => VideoStreamStats | null;

/** Merges the statistics of shell and worker into {@link LinkStats}; keeps the last ones as the baseline of rates. */
export class StatsSampler {
  #last: { at: number; native: NativeStats } | null = null;

  /** `at`: milliseconds, monotonic. */
  summarise(native: NativeStats | null, at: number, videoOf: VideoOf): LinkStats {
    const last = this.#last;
    this.#last = native && { at, native };
    const seconds = last ? (at - last.at) / 1_000 : 0;
    const bitrate = (now: number, before: number | undefined): number =>
      seconds > 0 && before !== undefined ? Math.max(0, ((now - before) * 8) / seconds) : 0;
    // A counter that decreased was reset, because the remote side restarted.
    const since = (now: number, before: number | undefined): number =>
      before !== undefined && now >= before ? now - before : now;
    const lost = since(native?.lost ?? 0, last?.native.lost);
    const expected = since(native?.expected ?? 0, last?.native.expected);
    return {
      roundTrip: native?.roundTrip ?? null,
      loss: expected > 0 ? Math.min(1, Math.max(0, lost / expected)) : null,
      // `crates/peer` does not keep the remote side's loss reports.
      sentLoss: null,
      jitter: native?.jitter ?? null,
      sentBitrate: bitrate(native?.sent ?? 0, last?.native.sent),
      receivedBitrate: bitrate(native?.received ?? 0, last?.native.received),
      availableBitrate: native?.bandwidth ?? null,
      localCandidate: native?.localCandidate ?? null,
      remoteCandidate: native?.remoteCandidate ?? null,
      media:
        native?.media.map((entry) => {
          const before = last?.native.media.find((known) => known.stream === entry.stream);
          return media(entry, before, seconds, videoOf);
        }) ?? [],
    };
  }
}

function media(
  entry: NativeMediaStats,
  before: NativeMediaStats | undefined,
  seconds: number,
  videoOf: VideoOf,
): MediaStats {
  const { direction, source, codec, packets } = entry;
  const isVideo = source === "camera" || source === "screen";
  const video = isVideo ? videoOf(entry.stream) : null;
  return {
    direction,
    source,
    codec,
    width: video?.width ?? null,
    height: video?.height ?? null,
    framesPerSecond: video?.framesPerSecond ?? null,
    // Received frames count when they are decoded, as in the other engines.
    frames: !isVideo ? null : direction === "received" ? (video?.frames ?? null) : entry.frames,
    encodeTime: direction === "sent" ? (video?.codecTime ?? null) : null,
    decodeTime: direction === "received" ? (video?.codecTime ?? null) : null,
    limitation: null,
    frozen: null,
    packets,
    concealed: entry.concealed,
    concealedShare: share(entry.concealed, before?.concealed, seconds),
    bufferDelay: entry.delay,
    totalAudioEnergy: null,
  };
}

/** Share of the samples played since the last call, at 48 kHz. */
function share(now: number | null, before: number | null | undefined, seconds: number): number | null {
  if (now === null || before === null || before === undefined || seconds <= 0) return null;
  return Math.min(1, Math.max(0, now - before) / (seconds * 48_000));
}
