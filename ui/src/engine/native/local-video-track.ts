import { Interruption } from "../interruption";
import type { LocalTrack } from "../types";
import { AttachedElements } from "./attached-elements";
import type { LinkId, StreamId } from "./bridge";
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
  /** How large those show it who said so, in physical pixels, by link. */
  #shownHeights = new Map<LinkId, number>();
  /** As the worker knows it, for the stream that is sent now. */
  #shownHeight: number | null = null;

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
      this.#shownHeight = null;
      this.video.send(this.stream, this.#content, this.media.clone(), maxSizeOf(this.media));
    }
    this.#updateShownHeight();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#senders -= 1;
      if (this.#senders === 0) this.#endSend();
      else this.#updateShownHeight();
    };
  }

  /** How large the participant of `link` shows it, in physical pixels; null: not known, or it is no longer sent there. */
  setShownHeight(link: LinkId, height: number | null): void {
    if (height === null) this.#shownHeights.delete(link);
    else this.#shownHeights.set(link, height);
    this.#updateShownHeight();
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

  /** One encoder serves all links (decision 0040): the largest counts, and any that is not known. */
  #updateShownHeight(): void {
    if (this.source !== "camera" || this.#senders === 0 || this.#stopped) return;
    const known = this.#shownHeights.size >= this.#senders;
    const height = known ? Math.max(...this.#shownHeights.values()) : null;
    if (height === this.#shownHeight) return;
    this.#shownHeight = height;
    this.video.setShownHeight(this.stream, height);
  }

  #endSend(): void {
    this.video.endSend(this.stream);
  }
}
