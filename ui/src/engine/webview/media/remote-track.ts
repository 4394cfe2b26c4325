import { levelFromAmplitude } from "../../audio-level";
import type { RemoteTrack, Source } from "../../types";
import { showVideo } from "../../video-element";
import type { WebviewAudio } from "./audio";
import { SsrcActivity } from "./ssrc-activity";

/**
 * A track is not live after this long without a frame, in milliseconds. A camera that is on sends frames all the time; a
 * still screen may send one every few seconds. Browsers report sources for ten seconds (W3C WebRTC §5.3).
 */
const STALE_AFTER_MS: Record<Source, number> = {
  microphone: 10_000,
  camera: 2_500,
  screen: 10_000,
  "screen-audio": 10_000,
};
/** The level is that of the last packet, and audio packets arrive every 20 ms. Milliseconds. */
const LEVEL_VALID_MS = 300;

/** A remote source, received by an RTCRtpReceiver. */
export class WebviewRemoteTrack implements RemoteTrack {
  #live = false;
  #listeners = new Set<() => void>();
  #stopPlaying: (() => void) | null = null;
  #activity = new SsrcActivity();

  constructor(
    readonly source: Source,
    private readonly receiver: RTCRtpReceiver,
    audio: WebviewAudio,
  ) {
    const { track } = receiver;
    if (track.kind === "audio") this.#stopPlaying = audio.play(track);
    track.onmute = track.onunmute = track.onended = () => this.poll();
    this.poll();
  }

  attach(element: HTMLVideoElement): () => void {
    return showVideo(element, this.receiver.track);
  }

  /** From the level in each packet's header extension (RFC 6464), which needs no audio graph per participant. */
  level(): number {
    if (this.receiver.track.kind !== "audio") return 0;
    const latest = this.#latestSource();
    if (!latest || latest.age > LEVEL_VALID_MS) return 0;
    return levelFromAmplitude(latest.source.audioLevel ?? 0);
  }

  live(): boolean {
    return this.#live;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Call several times a second: no event is fired when the remote sender stops. */
  poll(): void {
    const { track } = this.receiver;
    let live = track.readyState === "live" && !track.muted;
    // For audio too, or a later `level()` would take an old packet for a new one.
    const latest = this.#latestSource();
    if (live && track.kind === "video" && "getSynchronizationSources" in this.receiver)
      live = latest !== null && latest.age < STALE_AFTER_MS[this.source];
    this.#setLive(live);
  }

  close(): void {
    this.#stopPlaying?.();
    this.#stopPlaying = null;
    const { track } = this.receiver;
    track.onmute = track.onunmute = track.onended = null;
    this.#setLive(false);
  }

  #setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    for (const listener of [...this.#listeners]) listener();
  }

  #latestSource() {
    return this.#activity.latest(this.receiver.getSynchronizationSources?.() ?? [], performance.now());
  }
}
