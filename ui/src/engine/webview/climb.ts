/**
 * How a camera gets back to what the path takes once that is more again: pure policy, fed and applied by `camera-climb.ts`.
 *
 * A browser left alone needs 13 to 20 s for it (docs/benchmarks.md, "Bad paths"): its estimate grows by 8 % a second
 * because it only probes when it is told of another limit, and when the estimate is there at last, its adaptation
 * waits for more seconds of good pictures before each step up. Both can be hurried with what the standard gives a
 * page: changing `maxBitrate` makes libwebrtc probe for it, and changing `degradationPreference` makes it forget by
 * how much it had adapted. Decision 0045.
 */

/** What a camera's sender looks like, at one moment. All rates are bits per second. */
export interface Look {
  /** What the browser believes the path takes. */
  available: number;
  /** Since the last look. */
  sent: number;
  /** What the camera may use at most. */
  limit: number;
  /** The browser says that the path is why the picture is small or slow. */
  held: boolean;
}

/**
 * - `probe`: find out whether the path takes more
 * - `release`: it does; forget by how much the picture was reduced
 */
export type Move = "probe" | "release" | null;

/** What is left, a second later, of the most it has sent: what it shows changes. */
const KEPT_PER_SECOND = 0.98;
/** An estimate that grew by so much is worth another try of the full picture. */
const GROWN = 1.5;
/**
 * Shortest and longest time between probes, in milliseconds. A probe costs the picture some bits for a second, and the
 * path some 10 kB in 30 ms.
 */
export const PROBE_EVERY_MS = 2_000;
const PROBE_AT_LEAST_EVERY_MS = 15_000;
/** Between those, the wait is this share of how long the path has been narrow. */
const PATIENCE = 1 / 8;

export class Climb {
  /** The most that was sent of late; bits per second. */
  #wanted = 0;
  /** The least estimate since the picture was last whole or released; bits per second. */
  #floor = Number.POSITIVE_INFINITY;
  #lookedAt: number | null = null;
  #narrowSince: number | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;

  /** The last look saw too little room. */
  get narrow(): boolean {
    return this.#narrowSince !== null;
  }

  /** About once a second, while narrow twice; `now` in milliseconds. */
  look({ available, sent, limit, held }: Look, now: number): Move {
    const seconds = this.#lookedAt === null ? 0 : Math.max(0, now - this.#lookedAt) / 1_000;
    this.#lookedAt = now;
    this.#wanted = Math.max(sent, this.#wanted * KEPT_PER_SECOND ** seconds);
    this.#floor = Math.min(this.#floor, available);
    const room = available >= this.#wanted;
    if (room && held && available >= GROWN * this.#floor) {
      this.#floor = available;
      return "release";
    }
    // A picture that is held although there is all the room it may use needs more than its own limit.
    if (room && (!held || available >= limit)) {
      this.#narrowSince = null;
      if (!held) this.#floor = available;
      return null;
    }
    if (this.#narrowSince === null) {
      // What was sent before the path became narrow still fills its queue: no probe on top of that.
      this.#narrowSince = now;
      this.#probedAt = now;
    }
    const wait = Math.max(PROBE_EVERY_MS, (now - this.#narrowSince) * PATIENCE);
    if (now - this.#probedAt < Math.min(PROBE_AT_LEAST_EVERY_MS, wait)) return null;
    this.#probedAt = now;
    return "probe";
  }
}
