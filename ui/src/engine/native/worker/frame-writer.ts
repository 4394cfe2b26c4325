import type { VideoSink } from "./video-sink";

/** Frames are dropped while more writes than this are pending. */
const MAX_PENDING_WRITES = 3;

/**
 * The page receives the track while the first frames are written, and an element shows only frames written after it was
 * attached. So the newest frame is repeated for a while; otherwise a still screen would appear a second later.
 * Milliseconds.
 */
const REPEAT_EVERY_MS = 40;
const REPEAT_FOR_MS = 1_000;

/** Writes decoded frames to a track generator. */
export class FrameWriter implements VideoSink {
  #writer: WritableStreamDefaultWriter<VideoFrame>;
  #pendingWrites = 0;
  #newest: VideoFrame | null = null;
  #repeats = REPEAT_FOR_MS / REPEAT_EVERY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    // Rejects when the page stops the track; each write rejects then, too.
    this.#writer.closed.catch(() => {});
  }

  show(frame: VideoFrame): void {
    if (this.#repeats > 0) this.#scheduleRepeat(frame.clone());
    this.#write(frame);
  }

  close(): void {
    this.#clearRepeat();
    this.#repeats = 0;
    this.#writer.close().catch(() => {});
  }

  #scheduleRepeat(frame: VideoFrame): void {
    this.#clearRepeat();
    this.#newest = frame;
    this.#timer = setTimeout(() => {
      this.#repeats -= 1;
      const repeat = frame.clone();
      if (this.#repeats > 0) this.#scheduleRepeat(frame.clone());
      else this.#clearRepeat();
      this.#write(repeat);
    }, REPEAT_EVERY_MS);
  }

  #clearRepeat(): void {
    clearTimeout(this.#timer);
    this.#newest?.close();
    this.#newest = null;
  }

  #write(frame: VideoFrame): void {
    if (this.#pendingWrites >= MAX_PENDING_WRITES) {
      frame.close();
      return;
    }
    this.#pendingWrites += 1;
    this.#writer
      .write(frame)
      .catch(() => {})
      .finally(() => {
        this.#pendingWrites -= 1;
        frame.close(); // The sink closes an accepted frame, but not a rejected one.
      });
  }
}
