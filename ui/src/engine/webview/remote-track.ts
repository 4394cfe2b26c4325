import { perceivedAmplitude } from "../loudness";
import type { RemoteTrack, Source } from "../types";
import { showVideo } from "../video-element";
import type { Sound } from "./sound";

/**
 * A camera that is on delivers frames all the time. A still screen may send one every few seconds; ten is
 * as far back as the browser remembers (W3C WebRTC §5.3). Milliseconds.
 */
const STALE_AFTER_MS: Record<Source, number> = {
  microphone: 10_000,
  camera: 2_500,
  screen: 10_000,
  "screen-audio": 10_000,
};

/** What the other side sends in one section. */
export class IncomingTrack implements RemoteTrack {
  #live = false;
  #listeners = new Set<() => void>();
  #silence: (() => void) | null = null;

  constructor(
    readonly source: Source,
    private readonly receiver: RTCRtpReceiver,
    sound: Sound,
  ) {
    const { track } = receiver;
    if (track.kind === "audio") this.#silence = sound.play(track);
    track.onmute = track.onunmute = track.onended = () => this.poll();
    this.poll();
  }

  attach(element: HTMLVideoElement): () => void {
    return showVideo(element, this.receiver.track);
  }

  /** From the level that travels with each packet (RFC 6464): no audio graph for seven voices. */
  level(): number {
    if (this.receiver.track.kind !== "audio") return 0;
    const newest = this.#newest();
    if (!newest || age(newest) > 300) return 0;
    return perceivedAmplitude(newest.audioLevel ?? 0);
  }

  live(): boolean {
    return this.#live;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A sender that stops leaves no event on the receiving track, so somebody has to look. */
  poll(): void {
    const { track } = this.receiver;
    let live = track.readyState === "live" && !track.muted;
    if (live && track.kind === "video" && "getSynchronizationSources" in this.receiver) {
      const newest = this.#newest();
      live = newest !== undefined && age(newest) < STALE_AFTER_MS[this.source];
    }
    if (live === this.#live) return;
    this.#live = live;
    for (const listener of [...this.#listeners]) listener();
  }

  close(): void {
    this.#silence?.();
    this.#silence = null;
    const { track } = this.receiver;
    track.onmute = track.onunmute = track.onended = null;
    if (this.#live) {
      this.#live = false;
      for (const listener of [...this.#listeners]) listener();
    }
  }

  #newest(): RTCRtpSynchronizationSource | undefined {
    return this.receiver
      .getSynchronizationSources?.()
      .reduce<RTCRtpSynchronizationSource | undefined>(
        (best, source) => (best && best.timestamp > source.timestamp ? best : source),
        undefined,
      );
  }
}

/** Timestamps are on the `performance` clock, counted from the epoch (W3C WebRTC §5.3.1). */
function age(source: RTCRtpSynchronizationSource): number {
  return performance.timeOrigin + performance.now() - source.timestamp;
}
