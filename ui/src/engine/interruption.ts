/**
 * Shorter gaps are not reported, in milliseconds: Chromium also fires `mute` when a busy machine drops a second of camera
 * frames.
 */
export const INTERRUPTED_AFTER_MS = 2_000;

/**
 * Whether the system withholds a captured track's media (Media Capture and Streams §4.3.1 "muted"): the switch of a
 * headset or of the browser, an incoming call, another app that has taken the camera. The page cannot end that.
 */
export class Interruption {
  #active = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();

  constructor(media: MediaStreamTrack) {
    media.addEventListener("mute", () => this.#begin());
    media.addEventListener("unmute", () => this.end());
    if (media.muted) this.#begin();
  }

  get active(): boolean {
    return this.#active;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Also when the track ends or is stopped. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set(false);
  }

  #begin(): void {
    this.#timer ??= setTimeout(() => this.#set(true), INTERRUPTED_AFTER_MS);
  }

  #set(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    for (const listener of [...this.#listeners]) listener();
  }
}
