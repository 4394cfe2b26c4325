import type { StreamId } from "../bridge";
import type { Size, VideoStreamStats } from "../worker-messages";

/** Counts the output of one encoder or decoder. */
export class CodecStats {
  #size: Size | null = null;
  #frames = 0;
  #window = { frames: 0, codecTime: 0, since: 0 };

  constructor(
    private readonly stream: StreamId,
    now: number,
  ) {
    this.#window.since = now;
  }

  /** `codecTime` in milliseconds; null if unknown. */
  onFrame(size: Size, codecTime: number | null): void {
    this.#size = { width: size.width, height: size.height };
    this.#frames += 1;
    this.#window.frames += 1;
    this.#window.codecTime += codecTime ?? 0;
  }

  /** Rates cover the time since the last call. */
  read(now: number): VideoStreamStats {
    const { frames, codecTime, since } = this.#window;
    this.#window = { frames: 0, codecTime: 0, since: now };
    return {
      stream: this.stream,
      width: this.#size?.width ?? null,
      height: this.#size?.height ?? null,
      framesPerSecond: now > since ? (frames * 1_000) / (now - since) : 0,
      frames: this.#frames,
      codecTime: frames > 0 ? codecTime / frames : null,
    };
  }
}
