/**
 * Whether the processor keeps up with an encoder: pure policy. What counts is the share of each frame's time that
 * the encoder is busy with it; above `TOO_MUCH` frames are skipped soon, and everything else on the machine
 * stutters before that. The ladder then starts so many rungs further down.
 */

/** Shares of the time there is for a frame; those of libwebrtc's overuse detector. */
const TOO_MUCH = 0.85;
const LITTLE = 0.42;
/** One look covers so long, and so many frames. Milliseconds. */
const WINDOW_MS = 2_000;
const MIN_FRAMES = 10;
/** Lowest the processor alone takes it: half the size at 20 frames a second, of a camera. */
const MOST_RUNGS = 5;
/** Calm before a better rung is tried; doubled by each try that fails. Milliseconds. */
const CALM_MS = 10_000;
const LONGEST_CALM_MS = 160_000;

export class Strain {
  #rungs = 0;
  #since: number;
  #sum = 0;
  #frames = 0;
  #calmSince: number | null = null;
  #calm = CALM_MS;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#since = now;
  }

  /** Rungs to leave out from the top. */
  get rungs(): number {
    return this.#rungs;
  }

  /** A frame took so many milliseconds, of a stream of this frame rate. */
  frame(now: number, took: number, framerate: number): void {
    this.#sum += (took * framerate) / 1_000;
    this.#frames += 1;
    if (now - this.#since < WINDOW_MS || this.#frames < MIN_FRAMES) return;
    const share = this.#sum / this.#frames;
    if (share > TOO_MUCH) this.#down(now);
    else if (share >= LITTLE || this.#rungs === 0) this.#calmSince = null;
    else this.#rest(now);
    this.#restart(now);
  }

  #down(now: number): void {
    this.#calmSince = null;
    if (this.#rungs === MOST_RUNGS) return;
    this.#rungs += 1;
    const failed = now - this.#triedAt < CALM_MS;
    this.#calm = failed ? Math.min(LONGEST_CALM_MS, this.#calm * 2) : CALM_MS;
  }

  #rest(now: number): void {
    this.#calmSince ??= this.#since;
    if (now - this.#calmSince < this.#calm) return;
    this.#rungs -= 1;
    this.#triedAt = now;
    this.#calmSince = null;
  }

  #restart(now: number): void {
    this.#since = now;
    this.#sum = 0;
    this.#frames = 0;
  }
}
