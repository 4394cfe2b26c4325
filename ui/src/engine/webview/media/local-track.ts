import type { LocalTrack, Source } from "../../types";
import { showVideo } from "../../video-element";
import type { WebviewAudio } from "./audio";

/** A local microphone, camera, screen or screen audio as a MediaStreamTrack. */
export class WebviewLocalTrack implements LocalTrack {
  readonly label: string;
  readonly deviceId: string | null;
  #muted = false;
  #stopped = false;
  #ended = new Set<() => void>();
  /** Of a clone, because disabling a track for mute also silences its meter. */
  #metering: { track: MediaStreamTrack; meter: { level(): number; close(): void } } | null = null;

  constructor(
    readonly source: Source,
    readonly media: MediaStreamTrack,
    audio: WebviewAudio,
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
      const meter = audio.meter(track);
      if (meter) this.#metering = { track, meter };
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
    // https://www.w3.org/TR/mst-content-hint/: `text` keeps edges sharp and drops frames.
    this.media.contentHint = content === "text" ? "text" : "motion";
  }

  level(): number {
    return this.#muted ? 0 : this.inputLevel();
  }

  inputLevel(): number {
    return this.#metering?.meter.level() ?? 0;
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
    this.#metering?.meter.close();
    this.#metering?.track.stop();
    this.#metering = null;
  }
}
