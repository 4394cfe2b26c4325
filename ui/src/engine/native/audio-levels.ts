import { levelFromDecibels } from "../audio-level";
import type { NativeEvent, StreamId } from "./bridge";

/** Levels arrive ten times a second; older ones belong to a stream that ended. Milliseconds. */
const STALE_AFTER_MS = 500;
const SILENCE_DBFS = -96;
type Levels = Extract<NativeEvent, { type: "levels" }>;

/** The audio levels that the shell reports, and which remote audio streams are live. */
export class AudioLevels {
  #levels: Levels | null = null;
  #updatedAt = 0;
  #live = new Set<StreamId>();

  /** `now`: milliseconds, monotonic. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  update(levels: Levels): void {
    this.#levels = levels;
    this.#updatedAt = this.now();
  }

  setLive(stream: StreamId, live: boolean): void {
    if (live) this.#live.add(stream);
    else this.#live.delete(stream);
  }

  /** The shell reports levels at present. */
  current(): boolean {
    return this.#current() !== null;
  }

  /** 0–1, as sent: after processing, and 0 while muted. */
  microphone(): number {
    return levelFromDecibels(this.#current()?.microphone ?? SILENCE_DBFS);
  }

  /** 0–1, as captured, also while muted. */
  input(): number {
    return levelFromDecibels(this.#current()?.input ?? SILENCE_DBFS);
  }

  remote(stream: StreamId): number {
    const level = this.#current()?.remote.find((entry) => entry.stream === stream)?.level;
    return levelFromDecibels(level ?? SILENCE_DBFS);
  }

  live(stream: StreamId): boolean {
    return this.#live.has(stream);
  }

  #current(): Levels | null {
    return this.now() - this.#updatedAt <= STALE_AFTER_MS ? this.#levels : null;
  }
}
