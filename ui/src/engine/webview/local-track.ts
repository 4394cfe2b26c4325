import type { LocalTrack, Source } from "../types";
import { showVideo } from "../video-element";
import type { Sound } from "./sound";

/** A microphone, camera or screen of this machine as a MediaStreamTrack. */
export class WebviewTrack implements LocalTrack {
  readonly label: string;
  readonly deviceId: string | null;
  #muted = false;
  #stopped = false;
  #ended = new Set<() => void>();
  /** A clone, because a disabled track is silent for whoever looks at it, the meter included. */
  #listening: { track: MediaStreamTrack; meter: { level(): number; close(): void } } | null = null;

  constructor(
    readonly source: Source,
    readonly media: MediaStreamTrack,
    sound: Sound,
    public content: "text" | "motion" | undefined = undefined,
  ) {
    this.label = media.label;
    this.deviceId = media.getSettings().deviceId ?? null;
    media.addEventListener("ended", () => {
      if (this.#stopped) return;
      this.#release();
      for (const listener of [...this.#ended]) listener();
    });
    if (source === "microphone") {
      const track = media.clone();
      const meter = sound.meter(track);
      if (meter) this.#listening = { track, meter };
      else track.stop();
    }
    if (content) this.setContent(content);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.media.kind === "audio") this.media.enabled = !muted;
  }

  setContent(content: "text" | "motion"): void {
    if (this.source !== "screen") return;
    this.content = content;
    // Hints of https://www.w3.org/TR/mst-content-hint/: `text` keeps edges sharp and drops frames.
    this.media.contentHint = content === "text" ? "text" : "motion";
  }

  level(): number {
    return this.#muted ? 0 : this.inputLevel();
  }

  inputLevel(): number {
    return this.#listening?.meter.level() ?? 0;
  }

  attach(element: HTMLVideoElement): () => void {
    return showVideo(element, this.media);
  }

  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.media.stop();
    this.#release();
  }

  #release(): void {
    this.#listening?.meter.close();
    this.#listening?.track.stop();
    this.#listening = null;
  }
}
