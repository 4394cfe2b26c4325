import type { Display } from "./receiver";

/** Writes not yet taken; more means that nobody draws. */
const MAX_WRITING = 3;

/**
 * The page hears of the track while the first frames come, and an element shows only what is written once it
 * is attached: the newest frame is written again for a while, or a first picture would wait for the second
 * one, which of a still screen is a second away. Milliseconds.
 */
const REPEAT_EVERY_MS = 40;
const REPEAT_FOR_MS = 1_000;

/** Hands decoded frames to what makes a track of them. */
export class FrameWriter implements Display {
  #writer: WritableStreamDefaultWriter<VideoFrame>;
  #writing = 0;
  #newest: VideoFrame | null = null;
  #repeats = REPEAT_FOR_MS / REPEAT_EVERY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
    // Rejects when the track ends on the page's side; each write says so itself.
    this.#writer.closed.catch(() => {});
  }

  show(frame: VideoFrame): void {
    if (this.#repeats > 0) this.#repeatLater(frame.clone());
    this.#write(frame);
  }

  close(): void {
    this.#forget();
    this.#repeats = 0;
    this.#writer.close().catch(() => {});
  }

  #repeatLater(frame: VideoFrame): void {
    this.#forget();
    this.#newest = frame;
    this.#timer = setTimeout(() => {
      this.#repeats -= 1;
      const again = frame.clone();
      if (this.#repeats > 0) this.#repeatLater(frame.clone());
      else this.#forget();
      this.#write(again);
    }, REPEAT_EVERY_MS);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#newest?.close();
    this.#newest = null;
  }

  #write(frame: VideoFrame): void {
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
        frame.close(); // Whoever took it has done so; whoever refused it has not.
      });
  }
}
