import type { FrameAccess } from "./codecs";
import type { Display } from "./receiver";

/** Writes not yet taken; more means that nobody draws. */
const MAX_WRITING = 3;

/** A track made of decoded frames. */
export class Generator implements Display {
  readonly track: MediaStreamTrack;
  #writer: WritableStreamDefaultWriter<VideoFrame>;
  #writing = 0;

  /** Throws where there is no VideoTrackGenerator. */
  constructor({ VideoTrackGenerator }: FrameAccess) {
    if (!VideoTrackGenerator) throw new Error("no VideoTrackGenerator");
    const generator = new VideoTrackGenerator();
    this.track = generator.track;
    this.#writer = generator.writable.getWriter();
    // Rejects when the track ends on the page's side; each write says so itself.
    this.#writer.closed.catch(() => {});
  }

  show(frame: VideoFrame): void {
    if (this.#writing >= MAX_WRITING) {
      frame.close();
      return;
    }
    this.#writing += 1;
    this.#writer
      .write(frame)
      .catch(() => {})
      .finally(() => {
        this.#writing -= 1;
        frame.close(); // The generator has done so, unless it refused.
      });
  }

  close(): void {
    this.#writer.close().catch(() => {});
  }
}
