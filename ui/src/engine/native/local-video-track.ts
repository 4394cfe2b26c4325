import { Interruption } from "../interruption";
import type { LocalTrack } from "../types";
import { AttachedElements } from "./attached-elements";
import type { StreamId } from "./bridge";
import { maxSizeOf } from "./unscaled-capture";
import type { VideoWorker } from "./video-worker";
import type { Content, VideoSource } from "./worker-messages";

/** A camera or screen. Shown in the page; while a link sends it, the worker encodes a clone of it. */
export class LocalVideoTrack implements LocalTrack {
  readonly label: string;
  readonly deviceId: string | null;
  #content: Content;
  #senders = 0;
  #stopped = false;
  #ended = new Set<() => void>();
  #elements = new AttachedElements();
  #interruption: Interruption | null;

  constructor(
    readonly source: VideoSource,
    readonly stream: StreamId,
    private readonly media: MediaStreamTrack,
    private readonly video: VideoWorker,
    content: "text" | "motion" = "motion",
  ) {
    this.label = media.label;
    this.deviceId = media.getSettings().deviceId ?? null;
    this.#content = source === "camera" ? "camera" : content;
    this.#interruption = source === "camera" ? new Interruption(media) : null;
    media.addEventListener("ended", () => {
      if (this.#stopped) return;
      this.#stopped = true;
      this.#interruption?.end();
      this.#endSend();
      for (const listener of [...this.#ended]) listener();
    });
  }

  /** A link sends the track until it calls the returned function. */
  startSending(): () => void {
    this.#senders += 1;
    if (this.#senders === 1 && !this.#stopped) {
      this.video.send(this.stream, this.#content, this.media.clone(), maxSizeOf(this.media));
    }
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#senders -= 1;
      if (this.#senders === 0) this.#endSend();
    };
  }

  setMuted(): void {}

  setContent(content: "text" | "motion"): void {
    if (this.source !== "screen") return;
    this.#content = content;
    this.video.setContent(this.stream, content);
  }

  level(): number {
    return 0;
  }

  interrupted(): boolean {
    return this.#interruption?.active ?? false;
  }

  onInterruption(listener: () => void): () => void {
    return this.#interruption?.onChange(listener) ?? (() => {});
  }

  attach(element: HTMLVideoElement): () => void {
    return this.#elements.attach(element, this.media);
  }

  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#interruption?.end();
    this.#elements.clear();
    this.media.stop();
    this.#endSend();
  }

  #endSend(): void {
    this.video.endSend(this.stream);
  }
}
