/**
 * How a camera gets back to what the path takes once that is more again: pure policy, fed and applied by `camera-climb.ts`.
 *
 * A browser left alone needs 13 to 20 s for it (docs/benchmarks.md, "Bad paths"): its estimate grows by 8 % a second
 * because it only probes when it is told of another limit, and when the estimate is there at last, its adaptation
 * waits for more seconds of good pictures before each step up. Both can be hurried with what the standard gives a
 * page: changing `maxBitrate` makes libwebrtc probe for it, and changing `degradationPreference` makes it forget by
 * how much it had adapted. Decision 0045.
 */

/** What a camera's sender looks like, at one moment. */
export interface Look {
  /** Bits per second that the browser believes the path takes. */
  available: number;
  /** Bits per second sent since the last look. */
  sent: number;
  /** The browser says that the path is why the picture is small or slow. */
  held: boolean;
}

/**
 * - `probe`: find out whether the path takes more
 * - `release`: it does; forget by how much the picture was reduced
 */
export type Move = "probe" | "release" | null;

/** An estimate below so many times what the camera has sent of late keeps it down. */
const ROOM = 1.25;
/** What is left, a second later, of the most it has sent: what it shows changes. */
const KEPT_PER_SECOND = 0.98;
/** Shortest and longest time between probes, in milliseconds. A probe is some 10 kB in 30 ms. */
export const PROBE_EVERY_MS = 2_000;
const PROBE_AT_LEAST_EVERY_MS = 15_000;
/** Between those, the wait is this share of how long the path has been narrow. */
const PATIENCE = 1 / 8;

export class Climb {
  /** Bits per second. */
  #wanted = 0;
  #lookedAt: number | null = null;
  #narrowSince: number | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;

  /** About once a second; `now` in milliseconds. */
  look({ available, sent, held }: Look, now: number): Move {
    const seconds = this.#lookedAt === null ? 0 : Math.max(0, now - this.#lookedAt) / 1_000;
    this.#lookedAt = now;
    this.#wanted = Math.max(sent, this.#wanted * KEPT_PER_SECOND ** seconds);
    if (available < ROOM * this.#wanted) {
      this.#narrowSince ??= now;
      const wait = (now - this.#narrowSince) * PATIENCE;
      if (now - this.#probedAt < Math.min(PROBE_AT_LEAST_EVERY_MS, Math.max(PROBE_EVERY_MS, wait)))
        return null;
      this.#probedAt = now;
      return "probe";
    }
    const recovered = this.#narrowSince !== null;
    this.#narrowSince = null;
    // Once for each time: a picture that needs more than its own limit is held for as long as it does.
    return recovered && held ? "release" : null;
  }
}
