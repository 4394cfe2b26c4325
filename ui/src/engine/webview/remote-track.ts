import { perceivedAmplitude } from "../loudness";
import type { RemoteTrack, Source } from "../types";
import { showVideo } from "../video-element";
import { Arrivals } from "./arrivals";
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
/** A level is that of the last packet, and packets of sound come every 20 ms. Milliseconds. */
const LEVEL_HOLDS_MS = 300;

/** What the other side sends in one section. */
export class IncomingTrack implements RemoteTrack {
  #live = false;
  #listeners = new Set<() => void>();
  #silence: (() => void) | null = null;
  #arrivals = new Arrivals();

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
    if (!newest || newest.age > LEVEL_HOLDS_MS) return 0;
    return perceivedAmplitude(newest.source.audioLevel ?? 0);
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
    // For sound too, so that a level asked for later is not taken for a new one.
    const newest = this.#newest();
    if (live && track.kind === "video" && "getSynchronizationSources" in this.receiver)
      live = newest !== null && newest.age < STALE_AFTER_MS[this.source];
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

  #newest() {
    return this.#arrivals.newest(this.receiver.getSynchronizationSources?.() ?? [], performance.now());
  }
}
