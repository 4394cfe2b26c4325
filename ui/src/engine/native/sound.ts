import { perceived } from "../loudness";
import type { NativeEvent, StreamId } from "./bridge";

/** Levels come ten times a second; older than this they are of something that ended. Milliseconds. */
const STALE_MS = 500;
type Levels = Extract<NativeEvent, { type: "levels" }>;

/** What the page knows of the sound in the shell: how loud, and whether it comes at all. */
export class Sound {
  #levels: Levels | null = null;
  #at = 0;
  #live = new Set<StreamId>();

  /** `now`: milliseconds, monotonic. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  hearLevels(levels: Levels): void {
    this.#levels = levels;
    this.#at = this.now();
  }

  setLive(stream: StreamId, live: boolean): void {
    if (live) this.#live.add(stream);
    else this.#live.delete(stream);
  }

  /** As sent: after processing, and silent while muted. 0–1. */
  microphone(): number {
    return perceived(this.#current()?.microphone ?? -96);
  }

  /** As captured, also while muted. 0–1. */
  input(): number {
    return perceived(this.#current()?.input ?? -96);
  }

  remote(stream: StreamId): number {
    return perceived(this.#current()?.remote.find((entry) => entry.stream === stream)?.level ?? -96);
  }

  live(stream: StreamId): boolean {
    return this.#live.has(stream);
  }

  #current(): Levels | null {
    return this.now() - this.#at <= STALE_MS ? this.#levels : null;
  }
}
