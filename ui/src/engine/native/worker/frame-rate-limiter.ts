/** How early a frame may be, as a share of the interval: cameras deliver frames with jitter. */
const EARLY_SHARE = 0.4;

/** Drops frames to limit the frame rate evenly. Times in milliseconds. */
export class FrameRateLimiter {
  #due = Number.NEGATIVE_INFINITY;

  isDue(now: number, framerate: number): boolean {
    return now + (1_000 / framerate) * EARLY_SHARE >= this.#due;
  }

  onSent(now: number, framerate: number): void {
    const interval = 1_000 / framerate;
    // From the due time, not the arrival time, so jitter does not accumulate and a burst of delayed frames is not
    // dropped. After a pause, from now.
    this.#due = (now - this.#due < 2 * interval ? this.#due : now) + interval;
  }
}
