/** A frame counts as lost after so many times what frames have taken of late. */
const PATIENCE = 8;
/** Weight of the newest frame in what frames have taken of late. */
const NEWEST = 1 / 8;

/**
 * The frames inside a codec, by timestamp. Counted here because `encodeQueueSize` is no measure in WebKit:
 * there it falls when a frame is handed to GStreamer, not when that is done with it.
 *
 * Rate control drops frames, and says nothing. How long to wait for one follows from how long the others took:
 * waiting for a fixed second, as this did at first, a sender that allows three frames inside stood still for most
 * of a second whenever the encoder dropped three in a row.
 */
export class InCodec<T> {
  #frames = new Map<number, { value: T; at: number }>();
  /** Milliseconds; null before the first frame came out. */
  #usual: number | null = null;

  /** Bounds of the wait for a frame, in milliseconds. What was dropped is forgotten after the longer. */
  constructor(
    private readonly shortest: number,
    private readonly longest: number,
  ) {}

  enter(timestamp: number, value: T, now: number): void {
    this.#forget(now);
    this.#frames.set(timestamp, { value, at: now });
  }

  /** What left, and how many milliseconds it was in there; null for what never entered. */
  leave(timestamp: number, now: number): { value: T; took: number } | null {
    const found = this.#frames.get(timestamp);
    if (!found) return null;
    // VP8 keeps the order: what entered before and has not come out was dropped.
    for (const key of this.#frames.keys()) {
      this.#frames.delete(key);
      if (key === timestamp) break;
    }
    const took = now - found.at;
    this.#usual = this.#usual === null ? took : this.#usual + (took - this.#usual) * NEWEST;
    return { value: found.value, took };
  }

  /** Frames that may still come out. */
  count(now: number): number {
    this.#forget(now);
    const patience = this.#patience();
    let count = 0;
    for (const { at } of this.#frames.values()) if (now - at < patience) count += 1;
    return count;
  }

  clear(): void {
    this.#frames.clear();
    this.#usual = null;
  }

  #patience(): number {
    if (this.#usual === null) return this.longest;
    return Math.min(this.longest, Math.max(this.shortest, PATIENCE * this.#usual));
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#frames) {
      if (now - at < this.longest) break;
      this.#frames.delete(key);
    }
  }
}
