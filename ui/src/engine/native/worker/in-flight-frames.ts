/** A frame is considered dropped after this many times the average codec latency. */
const TIMEOUT_FACTOR = 8;
/** Weight of the newest frame in the moving average of the latency. */
const SMOOTHING = 1 / 8;

/**
 * The frames inside a codec, by timestamp. Counted here because `encodeQueueSize` is useless in WebKit: there it
 * decreases when a frame is handed to GStreamer, not when it is encoded.
 *
 * Rate control drops frames without notice, so a frame times out. The timeout follows the latency of the other frames:
 * with a fixed one of a second, a sender that allows three frames in flight stood still for most of a second whenever
 * the encoder dropped three in a row.
 */
export class InFlightFrames<T> {
  #frames = new Map<number, { value: T; at: number }>();
  /** Moving average in milliseconds; null before the first output. */
  #latency: number | null = null;

  /** Bounds of the timeout, in milliseconds. Dropped frames are forgotten after `maxTimeout`. */
  constructor(
    private readonly minTimeout: number,
    private readonly maxTimeout: number,
  ) {}

  onInput(timestamp: number, value: T, now: number): void {
    this.#forgetOld(now);
    this.#frames.set(timestamp, { value, at: now });
  }

  /** The value and the latency in milliseconds; null for an unknown timestamp. */
  onOutput(timestamp: number, now: number): { value: T; latency: number } | null {
    const found = this.#frames.get(timestamp);
    if (!found) return null;
    // VP8 keeps the order: earlier frames that have not come out were dropped.
    for (const key of this.#frames.keys()) {
      this.#frames.delete(key);
      if (key === timestamp) break;
    }
    const latency = now - found.at;
    this.#latency = this.#latency === null ? latency : this.#latency + (latency - this.#latency) * SMOOTHING;
    return { value: found.value, latency };
  }

  /** Frames that have not timed out. */
  count(now: number): number {
    this.#forgetOld(now);
    const timeout = this.#timeout();
    let count = 0;
    for (const { at } of this.#frames.values()) if (now - at < timeout) count += 1;
    return count;
  }

  clear(): void {
    this.#frames.clear();
    this.#latency = null;
  }

  #timeout(): number {
    if (this.#latency === null) return this.maxTimeout;
    return Math.min(this.maxTimeout, Math.max(this.minTimeout, TIMEOUT_FACTOR * this.#latency));
  }

  #forgetOld(now: number): void {
    for (const [key, { at }] of this.#frames) {
      if (now - at < this.maxTimeout) break;
      this.#frames.delete(key);
    }
  }
}
