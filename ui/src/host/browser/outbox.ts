/** Limit of queued frames. */
export const MAX_FRAMES = 256;
/** Limit of the sum of their lengths, in UTF-16 units. */
const MAX_LENGTH = 1024 * 1024;

/**
 * Signals that were sent while there is no connection. They go out if the participant is resumed.
 *
 * A full outbox drops the new frame, not the oldest: an offer comes before its candidates, and candidates without their
 * offer are useless.
 */
export class Outbox {
  #frames: string[] = [];
  #length = 0;

  push(frame: string): void {
    if (this.#frames.length >= MAX_FRAMES || this.#length + frame.length > MAX_LENGTH) return;
    this.#frames.push(frame);
    this.#length += frame.length;
  }

  /** Removes and returns all frames, in order. */
  take(): string[] {
    const frames = this.#frames;
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#length = 0;
  }
}
