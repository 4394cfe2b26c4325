import type { LocalTrack } from "../types";
import { ShownIn } from "../video-element";
import type { StreamId } from "./bridge";
import type { Content } from "./ladder";
import { limitOf } from "./unscaled-capture";
import type { VideoWorker } from "./video-worker";
import type { VideoSource } from "./worker-messages";

/** A camera or screen: seen here, encoded in the worker, from a clone, for as long as some link sends it. */
export class VideoTrack implements LocalTrack {
  readonly label: string;
  readonly deviceId: string | null;
  #content: Content;
  #users = 0;
  #stopped = false;
  #ended = new Set<() => void>();
  #shown = new ShownIn();

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
    media.addEventListener("ended", () => {
      if (this.#stopped) return;
      this.#stopped = true;
      this.#endSend();
      for (const listener of [...this.#ended]) listener();
    });
  }

  /** A link sends it until it calls the returned function. */
  use(): () => void {
    this.#users += 1;
    if (this.#users === 1 && !this.#stopped) {
      this.video.send(this.stream, this.#content, this.media.clone(), limitOf(this.media));
    }
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#users -= 1;
      if (this.#users === 0) this.#endSend();
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

  attach(element: HTMLVideoElement): () => void {
    return this.#shown.attach(element, this.media);
  }

  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#shown.clear();
    this.media.stop();
    this.#endSend();
  }

  #endSend(): void {
    this.video.endSend(this.stream);
  }
}
