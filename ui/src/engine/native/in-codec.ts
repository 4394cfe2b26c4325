/**
 * The frames inside a codec, by timestamp. Counted here because `encodeQueueSize` is no measure in WebKit:
 * there it falls when a frame is handed to GStreamer, not when that is done with it.
 */
export class InCodec<T> {
  #frames = new Map<number, { value: T; at: number }>();

  /** After `lost` milliseconds no output is to come: rate control drops frames, and says nothing. */
  constructor(private readonly lost: number) {}

  enter(timestamp: number, value: T, now: number): void {
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
    return { value: found.value, took: now - found.at };
  }

  count(now: number): number {
    for (const [key, { at }] of this.#frames) {
      if (now - at < this.lost) break;
      this.#frames.delete(key);
    }
    return this.#frames.size;
  }

  clear(): void {
    this.#frames.clear();
  }
}
