import type { StreamId } from "./bridge";
import type { Size } from "./ladder";
import type { VideoStreamStats } from "./worker-messages";

/** Counts what came out of one codec. */
export class Meter {
  #size: Size | null = null;
  #frames = 0;
  #recent = { frames: 0, took: 0, since: 0 };

  constructor(
    private readonly stream: StreamId,
    now: number,
  ) {
    this.#recent.since = now;
  }

  frame(size: Size, took: number | null): void {
    this.#size = { width: size.width, height: size.height };
    this.#frames += 1;
    this.#recent.frames += 1;
    this.#recent.took += took ?? 0;
  }

  /** Since the last time this was asked. */
  read(now: number): VideoStreamStats {
    const { frames, took, since } = this.#recent;
    this.#recent = { frames: 0, took: 0, since: now };
    return {
      stream: this.stream,
      width: this.#size?.width ?? null,
      height: this.#size?.height ?? null,
      framesPerSecond: now > since ? (frames * 1_000) / (now - since) : 0,
      frames: this.#frames,
      codecTime: frames > 0 ? took / frames : null,
    };
  }
}
