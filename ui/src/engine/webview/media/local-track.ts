import { Interruption } from "../../interruption";
import type { LocalTrack, Source } from "../../types";
import { showVideo } from "../../video-element";
import type { Meter, WebviewAudio } from "./audio";

/** A local microphone, camera, screen or screen audio as a MediaStreamTrack. */
export class WebviewLocalTrack implements LocalTrack {
  readonly label: string;
  readonly deviceId: string | null;
  #muted = false;
  #stopped = false;
  #ended = new Set<() => void>();
  /** Of a clone, because disabling a track for mute also silences its meter. */
  #metering: { track: MediaStreamTrack; meter: Meter } | null = null;
  #interruption: Interruption | null = null;

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
    // A captured window that is minimised is muted as well, which is no interruption.
    if (source === "microphone" || source === "camera") this.#interruption = new Interruption(media);
    if (source === "microphone") {
      const track = media.clone();
      const meter = meterOf(audio, track);
      if (meter) this.#metering = { track, meter };
    }
    if (content) this.setContent(content);
    // https://www.w3.org/TR/mst-content-hint/: `speech` processing would thin music out.
    if (source === "screen-audio") media.contentHint = "music";
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

  measuresLevel(): boolean {
    return this.#metering?.meter.measures() ?? false;
  }

  interrupted(): boolean {
    return this.#interruption?.active ?? false;
  }

  onInterruption(listener: () => void): () => void {
    return this.#interruption?.onChange(listener) ?? (() => {});
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
    this.#interruption?.end();
    this.#metering?.meter.close();
    this.#metering?.track.stop();
    this.#metering = null;
  }
}

/** Stops the track if it cannot be measured. */
function meterOf(audio: WebviewAudio, track: MediaStreamTrack): Meter | null {
  let meter: Meter | null = null;
  try {
    meter = audio.meter(track);
  } finally {
    if (!meter) track.stop();
  }
  return meter;
}
