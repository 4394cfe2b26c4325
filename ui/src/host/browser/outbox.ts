/** Most signals, and most bytes of them, that wait for the socket to come back. */
export const MAX_WAITING = 256;
export const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Signals that could not be sent because the socket is down. They are only worth something to the same
 * people in the same room: the session empties it when it comes back as somebody else. When it is full
 * the new signal is dropped, not an old one: a candidate without its description is useless, a
 * description without its last candidates still connects.
 */
export class Outbox {
  #frames: string[] = [];
  #bytes = 0;

  push(frame: string): void {
    if (this.#frames.length >= MAX_WAITING || this.#bytes + frame.length > MAX_WAITING_BYTES) return;
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  take(): string[] {
    const frames = this.#frames;
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}
