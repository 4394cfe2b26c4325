/** Queued frames are uncompressed. Above this number, or this delay, the oldest is shown early. */
export const MAX_QUEUED = 30;
const MAX_DELAY_MS = 1_000;

/** Holds decoded frames until their playout time, in order. */
export class PlayoutQueue {
  #queue: { frame: VideoFrame; due: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (frame: VideoFrame) => void,
    private readonly now: () => number,
  ) {}

  /** Takes ownership of the frame; `due` in milliseconds on the clock of `now`. */
  add(frame: VideoFrame, due: number): void {
    const bounded = Math.min(due, this.now() + MAX_DELAY_MS);
    // When the delay shrinks, earlier frames must not be shown after this one.
    for (const entry of this.#queue) entry.due = Math.min(entry.due, bounded);
    this.#queue.push({ frame, due: bounded });
    this.#showDue();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { frame } of this.#queue) frame.close();
    this.#queue = [];
  }

  #showDue(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (;;) {
      const [head] = this.#queue;
      if (!head) return;
      const wait = head.due - this.now();
      if (wait > 0 && this.#queue.length <= MAX_QUEUED) {
        this.#timer = setTimeout(() => this.#showDue(), wait);
        return;
      }
      this.#queue.shift();
      this.show(head.frame);
    }
  }
}
