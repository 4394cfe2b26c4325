import { SPEECH_LEVEL } from "./active-speaker";

/** Speech this long while muted is meant for somebody, in milliseconds. */
export const SPEAKING_MS = 800;
/** Said once in this time, in milliseconds. */
export const QUIET_MS = 20_000;

/** Notices that somebody talks into a muted microphone. Pauses between words only slow the count. */
export class MutedSpeaking {
  #spoken = 0;
  #at: number | null = null;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** One sample; true when it is time to say so. */
  heard(muted: boolean, level: number, now: number): boolean {
    const passed = this.#at === null ? 0 : Math.min(500, now - this.#at);
    this.#at = now;
    if (!muted) {
      this.#spoken = 0;
      return false;
    }
    this.#spoken = level > SPEECH_LEVEL ? this.#spoken + passed : Math.max(0, this.#spoken - passed);
    if (this.#spoken < SPEAKING_MS || now - this.#saidAt < QUIET_MS) return false;
    this.#saidAt = now;
    this.#spoken = 0;
    return true;
  }
}
