/** Held pictures are uncompressed: more than this, or longer, and the oldest is shown early. */
export const MAX_HELD = 30;
const LONGEST_MS = 1_000;

/** Keeps decoded frames until they are due, in order. */
export class Hold {
  #held: { frame: VideoFrame; due: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (frame: VideoFrame) => void,
    private readonly now: () => number,
  ) {}

  /** Takes the frame over; `due` on the clock of `now`, in milliseconds. */
  add(frame: VideoFrame, due: number): void {
    const soon = Math.min(due, this.now() + LONGEST_MS);
    // One that is due sooner than those before it takes them along: the delay just shrank.
    for (const entry of this.#held) entry.due = Math.min(entry.due, soon);
    this.#held.push({ frame, due: soon });
    this.#release();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { frame } of this.#held) frame.close();
    this.#held = [];
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (;;) {
      const [head] = this.#held;
      if (!head) return;
      const wait = head.due - this.now();
      if (wait > 0 && this.#held.length <= MAX_HELD) {
        this.#timer = setTimeout(() => this.#release(), wait);
        return;
      }
      this.#held.shift();
      this.show(head.frame);
    }
  }
}
