/** A frame may come this share of an interval early: cameras are not metronomes. */
const EARLY = 0.4;

/** Thins frames out to a rate, evenly. Times in milliseconds. */
export class Pace {
  #due = Number.NEGATIVE_INFINITY;

  due(now: number, framerate: number): boolean {
    return now + (1_000 / framerate) * EARLY >= this.#due;
  }

  sent(now: number, framerate: number): void {
    const interval = 1_000 / framerate;
    // From when it was due, not from when it came, or jitter would add up, and frames that were held up together
    // would cost each other their turns; from now after a pause.
    this.#due = (now - this.#due < 2 * interval ? this.#due : now) + interval;
  }
}
