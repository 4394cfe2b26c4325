import { SPEECH_LEVEL } from "./active-speaker";

/** Speech of this length while muted triggers a hint, in milliseconds. */
const SPEECH_MS = 800;
/** Minimum interval between two hints, in milliseconds. */
const HINT_INTERVAL_MS = 20_000;
/** Longest time that one sample stands for, in milliseconds: timers of hidden pages are slow. */
const MAX_SAMPLE_MS = 500;

/** Detects speech into a muted microphone. Pauses between words reduce the measured time, but do not reset it. */
export class MutedSpeaking {
  #speechMs = 0;
  #sampledAt: number | null = null;
  #hintedAt = Number.NEGATIVE_INFINITY;

  /** Adds a sample; true when a hint is due. */
  onLevel(muted: boolean, level: number, now: number): boolean {
    const elapsed = this.#sampledAt === null ? 0 : Math.min(MAX_SAMPLE_MS, now - this.#sampledAt);
    this.#sampledAt = now;
    if (!muted) {
      this.#speechMs = 0;
      return false;
    }
    this.#speechMs = level > SPEECH_LEVEL ? this.#speechMs + elapsed : Math.max(0, this.#speechMs - elapsed);
    if (this.#speechMs < SPEECH_MS || now - this.#hintedAt < HINT_INTERVAL_MS) return false;
    this.#hintedAt = now;
    this.#speechMs = 0;
    return true;
  }
}
