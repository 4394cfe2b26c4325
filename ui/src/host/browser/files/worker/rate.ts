/** How fast a transfer is, and how long it will take: as `crates/files/src/rate.rs`. Times are in milliseconds. */

/** The weight of a sample falls to 1/e in this time: a person can read the figure, and it follows a change within seconds. */
const SMOOTHING_MS = 3_000;
/** So long is measured before anything is shown. */
const FIRST_MS = 1_000;
/** Samples closer together are taken for one. */
const MIN_INTERVAL_MS = 50;

export class Rate {
  #began: number | null = null;
  #last: { at: number; bytes: number } | null = null;
  #bytesPerSecond = 0;

  /** So many bytes are transferred now. */
  update(transferred: number, now: number): void {
    this.#began ??= now;
    const { at, bytes } = this.#last ?? { at: now, bytes: transferred };
    this.#last ??= { at, bytes };
    const elapsed = now - at;
    if (elapsed < MIN_INTERVAL_MS) return;
    this.#last = { at: now, bytes: transferred };
    const sample = (Math.max(0, transferred - bytes) * 1_000) / elapsed;
    // At first the mean of what there is, as nothing is known before.
    const known = Math.min(at - this.#began, SMOOTHING_MS);
    this.#bytesPerSecond += (elapsed / (known + elapsed)) * (sample - this.#bytesPerSecond);
  }

  /** It does not run: the next sample begins anew. */
  reset(): void {
    this.#began = null;
    this.#last = null;
    this.#bytesPerSecond = 0;
  }

  get bytesPerSecond(): number | null {
    if (this.#last === null || this.#began === null || this.#last.at - this.#began < FIRST_MS) return null;
    return Math.floor(this.#bytesPerSecond);
  }

  /** Seconds that `bytes` take at this rate; null while nothing moves. */
  secondsFor(bytes: number): number | null {
    const rate = this.bytesPerSecond;
    return rate === null || rate === 0 ? null : Math.ceil(bytes / rate);
  }
}
