/**
 * Whether the processor keeps up with an encoder: pure policy, after libwebrtc's overuse detector. It measures encode
 * usage, the share of the frame interval that encoding takes. Above `HIGH_USAGE` frames are soon dropped, and the rest
 * of the computer stutters before that. The encoding ladder then starts at a lower rung.
 */

/** Thresholds of encode usage; those of libwebrtc. */
const HIGH_USAGE = 0.85;
const LOW_USAGE = 0.42;
/** Usage is averaged over at least this long, and this many frames. Milliseconds. */
const WINDOW_MS = 2_000;
const MIN_FRAMES = 10;
/** The lowest a camera gets because of the CPU is half the size at 20 frames per second. */
const MAX_RUNGS = 5;
/** Time of low usage before a better rung is tried; doubled after each failed try. Milliseconds. */
const RECOVERY_MS = 10_000;
const MAX_RECOVERY_MS = 160_000;

export class CpuOveruseDetector {
  #rungs = 0;
  #windowStart: number;
  #usageSum = 0;
  #frames = 0;
  #lowSince: number | null = null;
  #recovery = RECOVERY_MS;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#windowStart = now;
  }

  /** Rungs to skip at the top of the ladder. */
  get rungs(): number {
    return this.#rungs;
  }

  /** A frame was encoded in `encodeTime` milliseconds, in a stream of `framerate` frames per second. */
  onFrame(now: number, encodeTime: number, framerate: number): void {
    this.#usageSum += (encodeTime * framerate) / 1_000;
    this.#frames += 1;
    if (now - this.#windowStart < WINDOW_MS || this.#frames < MIN_FRAMES) return;
    const usage = this.#usageSum / this.#frames;
    if (usage > HIGH_USAGE) this.#onOveruse(now);
    else if (usage >= LOW_USAGE || this.#rungs === 0) this.#lowSince = null;
    else this.#onUnderuse(now);
    this.#startWindow(now);
  }

  #onOveruse(now: number): void {
    this.#lowSince = null;
    if (this.#rungs === MAX_RUNGS) return;
    this.#rungs += 1;
    const tryFailed = now - this.#triedAt < RECOVERY_MS;
    this.#recovery = tryFailed ? Math.min(MAX_RECOVERY_MS, this.#recovery * 2) : RECOVERY_MS;
  }

  #onUnderuse(now: number): void {
    this.#lowSince ??= this.#windowStart;
    if (now - this.#lowSince < this.#recovery) return;
    this.#rungs -= 1;
    this.#triedAt = now;
    this.#lowSince = null;
  }

  #startWindow(now: number): void {
    this.#windowStart = now;
    this.#usageSum = 0;
    this.#frames = 0;
  }
}
